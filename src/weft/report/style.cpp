#include "weft/report/style.h"

namespace weft {
namespace {

constexpr std::string_view kCss = R"css(
:root{color-scheme:light dark;
--bg:#f5f4f0;--card:#fff;--ink:#1d1f24;--soft:#5d616b;--line:#e4e2db;--track:#efede7;
--c1:#0072b2;--c2:#d55e00;--c3:#009e73;--c4:#b0548c;--c5:#c98a00;--c6:#6b7280;--good:#12805c;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{
--bg:#121317;--card:#1b1d23;--ink:#e7e8ec;--soft:#a3a8b4;--line:#2d3038;--track:#282b33;
--c1:#56b4e9;--c2:#ff8c4c;--c3:#35d0a5;--c4:#e59cc7;--c5:#f0c24a;--c6:#98a2b5;--good:#57cf9f;--bad:#ff8873}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1120px;margin:0 auto;padding:32px 16px 48px;display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}
h1{font-size:clamp(22px,4vw,32px);line-height:1.2;letter-spacing:-.02em;margin:0;overflow-wrap:anywhere}
h2{font-size:17px;letter-spacing:-.01em;margin:0 0 2px}
small{color:var(--soft);font-size:12px;margin-left:7px;font-weight:400}
.about{color:var(--soft);margin:0 0 12px;font-size:14px;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 20px 20px;min-width:0}
.pairs,.charts{display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}.pairs:empty{display:none}
.verdict{border-left:6px solid var(--c6)}
.verdict h2{font-size:20px;display:flex;gap:10px;align-items:center}
.verdict h2 i{flex:none;width:28px;height:28px;border-radius:50%;background:var(--c6);color:var(--card);font:700 13px/28px system-ui,sans-serif;text-align:center}
.verdict p{margin:6px 0 0;overflow-wrap:anywhere}
.verdict.finished{border-left-color:var(--good)}.verdict.finished i{background:var(--good)}
.verdict.failed{border-left-color:var(--bad)}.verdict.failed i{background:var(--bad)}
.verdict.going{border-left-color:var(--c1)}.verdict.going i{background:var(--c1)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:8px 24px;margin:8px 0 0;grid-auto-flow:dense}.facts .long{grid-column:1/-1}
.facts div{min-width:0}.facts dt{color:var(--soft);font-size:13px}.facts dd{margin:0;overflow-wrap:anywhere;font-size:14px}
.tiles{display:flex;flex-wrap:wrap;gap:1px;background:var(--line);border:1px solid var(--line);border-radius:14px;overflow:hidden}
.tile{background:var(--card);padding:14px 16px;flex:1 1 130px}
.tile b{display:block;font-size:22px;font-weight:650;letter-spacing:-.02em;line-height:1.2;white-space:nowrap}
.tile span{color:var(--soft);font-size:13px}
input[type=radio]{position:absolute;opacity:0;pointer-events:none}
.switch{display:flex;flex-wrap:wrap;gap:6px;align-items:center;font-size:14px}
.switch span{color:var(--soft);margin:0 4px 0 0}.switch label+span{margin-left:16px}
.switch label{border:1px solid var(--line);background:var(--card);border-radius:999px;padding:3px 12px;cursor:pointer}
#x-step:checked~main label[for=x-step],#x-epoch:checked~main label[for=x-epoch],#x-time:checked~main label[for=x-time],
#y-linear:checked~main label[for=y-linear],#y-log:checked~main label[for=y-log]{background:var(--ink);color:var(--card);border-color:var(--ink)}
#x-step:focus-visible~main label[for=x-step],#x-epoch:focus-visible~main label[for=x-epoch],#x-time:focus-visible~main label[for=x-time],
#y-linear:focus-visible~main label[for=y-linear],#y-log:focus-visible~main label[for=y-log]{outline:2px solid var(--c1);outline-offset:2px}
#x-step:checked~main .by-time,#x-epoch:checked~main .by-time,#x-time:checked~main .by-count,
#x-step:checked~main .by-epoch,#x-epoch:checked~main .by-step,
#y-linear:checked~main .log,#y-log:checked~main .linear{display:none}
.chart{margin:0;min-width:0}
figcaption,.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;color:var(--soft);margin:6px 0 14px}
.key{display:inline-flex;align-items:center;gap:6px}
.key svg{width:26px;height:10px;flex:none;overflow:visible}
.key i{width:16px;height:10px;border-radius:2px;flex:none}
.plot{position:relative;height:clamp(210px,32vw,300px);margin:8px 6px 0 60px;touch-action:pan-y;cursor:crosshair}
main>section>.chart .plot{height:clamp(230px,36vw,380px)}
.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.chart path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round;stroke-width:2}
.chart .grid{stroke:var(--line);stroke-width:1}
.chart .level{stroke:var(--soft);stroke-width:1;stroke-dasharray:5 4}
.chart .resume{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:1 4}
.s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}.s4{stroke:var(--c4)}.s5{stroke:var(--c5)}.s6{stroke:var(--c6)}
.several .line.s2{stroke-dasharray:7 5}.several .line.s3{stroke-dasharray:12 4}.several .line.s4{stroke-dasharray:10 4 1 4}.several .line.s5{stroke-dasharray:3 4}.several .line.s6{stroke-dasharray:1 5}
.chart .faint{stroke-width:1;opacity:.38;stroke-dasharray:none}
.chart .dots{stroke-width:8;stroke-dasharray:none}
.chart .area{stroke-width:1.2;fill:var(--c4);fill-opacity:.22}
.plot span{position:absolute;font-size:12px;line-height:1;color:var(--soft);white-space:nowrap}
.plot .y{right:100%;margin-right:8px;transform:translateY(-50%)}
.plot .x{top:100%;margin-top:8px;transform:translateX(-50%)}
.plot .lv{right:0;transform:translateY(-135%);background:color-mix(in srgb,var(--card) 82%,transparent);border-radius:4px;padding:1px 4px}
.plot .out{color:var(--bad);font-size:11px;transform:translateX(-50%)}.plot .up{bottom:100%}.plot .low{bottom:0}
.axis{font-size:12px;color:var(--soft);text-align:center;margin:24px 6px 0 60px;line-height:1.2}
.beyond{font-size:13px;color:var(--soft);margin:8px 0 0;text-align:center}
.cursor{position:absolute;top:0;bottom:0;width:1px;background:var(--soft);display:none;pointer-events:none}
.tip{position:absolute;top:4px;display:none;pointer-events:none;background:var(--ink);color:var(--card);font-size:12px;line-height:1.45;padding:6px 9px;border-radius:8px;white-space:nowrap;z-index:2}
.ops{display:grid;gap:11px}
.op{display:grid;grid-template-columns:minmax(0,1fr) auto 76px 54px;gap:3px 12px;align-items:baseline;font-size:14px}
.op .name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px;overflow-wrap:anywhere}
.op small{font-family:system-ui,sans-serif}
.op .rate{color:var(--soft);font-size:13px}
.op .ms,.op .share{text-align:right;white-space:nowrap}
.op .share{font-weight:600}
.track{grid-column:1/-1;height:8px;border-radius:4px;background:var(--track);overflow:hidden;display:flex}
.track i{display:block;height:100%;flex:none}.track i+i{box-shadow:-1px 0 var(--card)}
.b1{background:var(--c1)}
.b2{background:repeating-linear-gradient(135deg,var(--c2) 0 3px,color-mix(in srgb,var(--c2) 45%,var(--card)) 3px 6px)}
.b3{background:repeating-linear-gradient(90deg,var(--c3) 0 2px,color-mix(in srgb,var(--c3) 35%,var(--card)) 2px 4px)}
.b4{background:repeating-linear-gradient(0deg,var(--c4) 0 1px,color-mix(in srgb,var(--c4) 25%,var(--card)) 1px 4px)}
.b5{background:repeating-linear-gradient(45deg,var(--c5) 0 2px,var(--card) 2px 5px)}
.b6{background:color-mix(in srgb,var(--c6) 40%,var(--card))}
details summary{cursor:pointer;color:var(--soft);font-size:14px;padding:6px 0}
details .ops{margin-top:8px}
table{width:100%;border-collapse:collapse;font-size:14px}
th{text-align:left;width:100%;font-weight:500;overflow-wrap:anywhere}
td{text-align:right;white-space:nowrap;padding-left:12px;vertical-align:top}
th,td{padding-top:8px;padding-bottom:8px;border-top:1px solid var(--line)}
thead th,thead td{border:0;color:var(--soft);font-size:13px;font-weight:400;padding-top:0}
.ranks td small{display:block;margin:0}.ranks thead td{white-space:normal;vertical-align:bottom}.ranks th .track{margin-top:6px;height:12px;min-width:160px}.of{display:none}
.ranks th{width:40%}
.key.predicted i{background:color-mix(in srgb,var(--c6) 45%,var(--card))}.key.counted i{background:var(--c1)}
.pair{display:block;max-width:620px;margin-top:6px}
.pair i{display:block;height:6px;border-radius:3px;margin-top:2px;min-width:2px}
.pair .predicted{background:color-mix(in srgb,var(--c6) 45%,var(--card))}.pair .counted{background:var(--c1)}
.bad{color:var(--bad);font-weight:600}
pre{margin:8px 0 0;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--track);border-radius:10px;padding:14px;overflow-x:auto}
blockquote{margin:10px 0 0;padding:2px 0 2px 16px;border-left:3px solid var(--c1);font:16px/1.6 Georgia,"Times New Roman",serif;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:8px 0 0;padding-left:20px}li{overflow-wrap:anywhere}
footer{color:var(--soft);font-size:13px}
@media (min-width:900px){.pairs,.charts{grid-template-columns:repeat(2,minmax(0,1fr))}
.pairs>:last-child:nth-child(odd),.charts>:last-child:nth-child(odd){grid-column:1/-1}}
@media (max-width:560px){main{padding:22px 12px 40px;gap:12px}
.tile{padding:12px 14px}.tile b{font-size:20px}
tr{display:grid;grid-template-columns:1fr 1fr 1fr;border-top:1px solid var(--line);padding:9px 0}
thead tr{border:0;padding:0}thead th{display:none}th,td,thead td{border:0;padding:0}th,.ranks th{grid-column:1/-1;width:auto}tr td:nth-child(2){text-align:left}
.ranks tr{gap:6px 10px}.ranks thead tr{display:none}.ranks th .track{margin-bottom:4px}
.ranks td{text-align:left;white-space:normal}.of{display:block;color:var(--soft);font-size:12px}
.pair{max-width:none;margin:5px 0 6px}
section{padding:16px 14px 18px}
.op{grid-template-columns:minmax(0,1fr) auto 50px}.op .name{grid-column:1/-1}.op .rate{grid-row:2;grid-column:1}
.plot,.axis{margin-left:52px}
.switch label+span{margin-left:0;flex-basis:100%}
}
.compared{overflow-x:auto}.compared table{width:auto}.compared tr{display:table-row}
.compared th,.compared td,.compared thead th{display:table-cell;width:auto;padding:8px 0 8px 20px;border-top:1px solid var(--line);text-align:left;overflow-wrap:normal}
.compared thead th{border:0;padding-top:0;white-space:nowrap}.compared tr>:first-child{padding-left:0;position:sticky;left:0;background:var(--card)}
@media print{section{break-inside:avoid}.switch{display:none}}
)css";

constexpr std::string_view kScript = R"js(
(function(){
function human(v,unit){
  if(unit==="bytes"){var u=["B","KiB","MiB","GiB","TiB"],i=0;while(Math.abs(v)>=1024&&i<4){v/=1024;i++}return v.toPrecision(i?3:Math.max(1,String(v|0).length))+" "+u[i]}
  return Math.abs(v)>=1e5||(v!==0&&Math.abs(v)<1e-3)?v.toExponential(2):String(+v.toPrecision(5))}
document.querySelectorAll(".plot").forEach(function(plot){
  var data=JSON.parse(plot.closest("figure").dataset.chart),cursor=plot.querySelector(".cursor"),tip=plot.querySelector(".tip");
  var axis=+plot.dataset.x,x0=+plot.dataset.x0,x1=+plot.dataset.x1;
  function nearest(points,x){
    var lo=0,hi=points.length-1;
    while(lo<hi){var mid=(lo+hi)>>1;if(points[mid][axis]<x)lo=mid+1;else hi=mid}
    return lo>0&&x-points[lo-1][axis]<points[lo][axis]-x?points[lo-1]:points[lo]}
  function show(event){
    var box=plot.getBoundingClientRect(),f=Math.min(1,Math.max(0,(event.clientX-box.left)/box.width));
    var at=x0+f*(x1-x0),main=data.series.filter(function(s){return s.points.length})
      .sort(function(a,b){return b.points.length-a.points.length})[0],found=nearest(main.points,at),x=found[axis];
    var where=data.xlabel+" "+found[0];
    if(data.epoch)where+=", epoch "+(found[0]*data.epoch).toFixed(2);
    if(data.time)where+=", "+human(found[2])+" "+data.time;
    var text=[where];
    data.series.forEach(function(s){
      if(!s.points.length)return;
      var p=nearest(s.points,x),near=s.points.length>=main.points.length||Math.abs(p[axis]-x)<=(x1-x0)/60;
      if(near)text.push(s.label+": "+human(p[1],data.unit))});
    f=(x-x0)/(x1-x0);
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
