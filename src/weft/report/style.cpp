#include "weft/report/style.h"

namespace weft {
namespace {

constexpr std::string_view kCss = R"css(
:root{color-scheme:light dark;
--bg:#f5f4f0;--card:#fff;--ink:#1d1f24;--soft:#686c76;--line:#e4e2db;--track:#efede7;
--c1:#2f62d9;--c2:#d9572b;--c3:#12897b;--c4:#8a4fc7;--c5:#c18a10;--c6:#687387;--good:#12805c;--bad:#c23b22}
@media (prefers-color-scheme:dark){:root{
--bg:#121317;--card:#1b1d23;--ink:#e7e8ec;--soft:#9a9fab;--line:#2d3038;--track:#282b33;
--c1:#7aa2ff;--c2:#ff8c5f;--c3:#4fcfbb;--c4:#bd93f2;--c5:#e9bd55;--c6:#98a2b5;--good:#57cf9f;--bad:#ff8873}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1120px;margin:0 auto;padding:32px 16px 48px}
h1{font-size:clamp(22px,4vw,32px);line-height:1.2;letter-spacing:-.02em;margin:0;overflow-wrap:anywhere}
h2{font-size:17px;letter-spacing:-.01em;margin:0 0 2px}
.sub,.about{color:var(--soft);margin:4px 0 0}
.about{margin:0 0 12px;font-size:14px;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 20px 20px;min-width:0}
.cards{display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:1px;background:var(--line);border:1px solid var(--line);border-radius:14px;overflow:hidden;margin:20px 0 16px}
.tile{background:var(--card);padding:14px 16px}
.tile b{display:block;font-size:22px;font-weight:650;letter-spacing:-.02em;line-height:1.2;white-space:nowrap}
.tile span{color:var(--soft);font-size:13px}
.chart{margin:0}
figcaption,.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;color:var(--soft);margin:6px 0 14px}
.key{display:inline-flex;align-items:center;gap:6px}
.key i{width:14px;height:3px;border-radius:2px;background:currentColor}
.key.dots i{width:8px;height:8px;border-radius:50%}
.key.area i{height:9px;border-radius:2px}
.key.faint i{opacity:.35}
.k1 i{color:var(--c1)}.k2 i{color:var(--c2)}.k3 i{color:var(--c3)}.k4 i{color:var(--c4)}.k5 i{color:var(--c5)}.k6 i{color:var(--c6)}
.plot{position:relative;height:clamp(210px,32vw,320px);margin:8px 6px 0 60px;touch-action:pan-y;cursor:crosshair}
.wide .plot{height:clamp(230px,36vw,380px)}
.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.plot path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round;stroke-width:2}
.plot .grid{stroke:var(--line);stroke-width:1}
.plot .level{stroke:var(--soft);stroke-width:1;stroke-dasharray:5 4}
.plot .faint{stroke-width:1.2;opacity:.32}
.plot .dots{stroke-width:8}
.plot .area{stroke-width:1.2;fill-opacity:.22}
.s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}.s4{stroke:var(--c4)}.s5{stroke:var(--c5)}.s6{stroke:var(--c6)}
.plot .area.s4{fill:var(--c4)}
.plot span{position:absolute;font-size:12px;line-height:1;color:var(--soft);white-space:nowrap}
.plot .y{right:100%;margin-right:8px;transform:translateY(-50%)}
.plot .x{top:100%;margin-top:8px;transform:translateX(-50%)}
.plot .lv{right:0;transform:translateY(-135%);background:color-mix(in srgb,var(--card) 82%,transparent);border-radius:4px;padding:1px 4px}
.axis{font-size:12px;color:var(--soft);text-align:center;margin:24px 6px 0 60px;line-height:1.2}
.cursor{position:absolute;top:0;bottom:0;width:1px;background:var(--soft);display:none;pointer-events:none}
.tip{position:absolute;top:4px;display:none;pointer-events:none;background:var(--ink);color:var(--card);font-size:12px;line-height:1.45;padding:6px 9px;border-radius:8px;white-space:nowrap;z-index:2}
.ops{display:grid;gap:11px}
.op{display:grid;grid-template-columns:minmax(0,1fr) auto 76px 54px;gap:3px 12px;align-items:baseline;font-size:14px}
.op .name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px;overflow-wrap:anywhere}
.op small{color:var(--soft);font:12px system-ui,sans-serif;margin-left:7px}
.op .rate{color:var(--soft);font-size:13px}
.op .ms,.op .share{text-align:right;white-space:nowrap}
.op .share{font-weight:600}
.track{grid-column:1/-1;height:7px;border-radius:4px;background:var(--track);overflow:hidden}
.track i{display:block;height:100%;border-radius:4px;min-width:2px}
.b1{background:var(--c1)}.b2{background:var(--c2)}.b3{background:var(--c3)}.b4{background:var(--c4)}.b5{background:var(--c5)}.b6{background:var(--c6)}
details summary{cursor:pointer;color:var(--soft);font-size:14px;padding:6px 0}
details .ops{margin-top:8px}
table{width:100%;border-collapse:collapse;font-size:14px}
th{text-align:left;width:100%;font-weight:500;overflow-wrap:anywhere}
td{text-align:right;white-space:nowrap;padding-left:12px;vertical-align:top}
th,td{padding-top:8px;padding-bottom:8px;border-top:1px solid var(--line)}
thead th,thead td{border:0;color:var(--soft);font-size:13px;font-weight:400;padding-top:0}
.key.predicted i{color:var(--c6)}.key.counted i{color:var(--c1)}
.pair{display:block;max-width:420px;margin-top:6px}
.pair i{display:block;height:5px;border-radius:3px;margin-top:2px;min-width:2px}
.pair .predicted{background:var(--c6);opacity:.6}.pair .counted{background:var(--c1)}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}
pre{margin:8px 0 0;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--track);border-radius:10px;padding:14px;overflow-x:auto}
blockquote{margin:10px 0 0;padding:2px 0 2px 16px;border-left:3px solid var(--c1);font:16px/1.6 Georgia,"Times New Roman",serif;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:8px 0 0;padding-left:20px}
footer{color:var(--soft);font-size:13px;margin-top:20px}
@media (min-width:900px){.cards{grid-template-columns:repeat(2,minmax(0,1fr));grid-auto-flow:row dense}.wide,section:only-child{grid-column:1/-1}.tall{grid-row:span 2}}
@media (max-width:560px){main{padding:22px 12px 40px}
.tiles{grid-template-columns:1fr 1fr}.tile:last-child:nth-child(odd){grid-column:1/-1}
tr{display:grid;grid-template-columns:1fr 1fr 1fr;border-top:1px solid var(--line);padding:9px 0}
thead tr{border:0;padding:0}thead th{display:none}th,td,thead td{border:0;padding:0}th{grid-column:1/-1}tr td:nth-child(2){text-align:left}
.pair{max-width:none;margin:5px 0 6px}
section{padding:16px 14px 18px}
.op{grid-template-columns:minmax(0,1fr) auto 50px}.op .name{grid-column:1/-1}.op .rate{grid-row:2;grid-column:1}
.plot,.axis{margin-left:52px}.tile{padding:12px 14px}.tile b{font-size:20px}
}
@media print{section{break-inside:avoid}}
)css";

constexpr std::string_view kScript = R"js(
(function(){
function human(v,unit){
  if(unit==="bytes"){var u=["B","KiB","MiB","GiB","TiB"],i=0;while(Math.abs(v)>=1024&&i<4){v/=1024;i++}return v.toPrecision(i?3:Math.max(1,String(v|0).length))+" "+u[i]}
  return Math.abs(v)>=1e5||(v!==0&&Math.abs(v)<1e-3)?v.toExponential(2):String(+v.toPrecision(5))}
function nearest(points,x){
  var lo=0,hi=points.length-1;
  while(lo<hi){var mid=(lo+hi)>>1;if(points[mid][0]<x)lo=mid+1;else hi=mid}
  return lo>0&&x-points[lo-1][0]<points[lo][0]-x?points[lo-1]:points[lo]}
document.querySelectorAll(".plot").forEach(function(plot){
  var data=JSON.parse(plot.dataset.chart),cursor=plot.querySelector(".cursor"),tip=plot.querySelector(".tip");
  function show(event){
    var box=plot.getBoundingClientRect(),f=Math.min(1,Math.max(0,(event.clientX-box.left)/box.width));
    var at=data.x0+f*(data.x1-data.x0),main=data.series.filter(function(s){return s.points.length})
      .sort(function(a,b){return b.points.length-a.points.length})[0],x=nearest(main.points,at)[0];
    var text=[data.xlabel+" "+x];
    data.series.forEach(function(s){
      if(!s.points.length)return;
      var p=nearest(s.points,x),near=s.points.length>=main.points.length||Math.abs(p[0]-x)<=(data.x1-data.x0)/60;
      if(near)text.push(s.label+": "+human(p[1],data.unit))});
    f=(x-data.x0)/(data.x1-data.x0);
    cursor.style.display=tip.style.display="block";
    cursor.style.left=f*100+"%";
    tip.replaceChildren();
    text.forEach(function(line){var row=document.createElement("div");row.textContent=line;tip.appendChild(row)});
    tip.style.left=Math.min(Math.max(f*box.width-tip.offsetWidth/2,0),Math.max(box.width-tip.offsetWidth,0))+"px"}
  function hide(){cursor.style.display=tip.style.display="none"}
  plot.addEventListener("pointermove",show);plot.addEventListener("pointerdown",show);
  plot.addEventListener("pointerleave",hide)})})();
)js";

}  // namespace

std::string_view report_css() { return kCss; }

std::string_view report_script() { return kScript; }

}  // namespace weft
