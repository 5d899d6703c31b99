"""Runs a command whose output comes a while late, as a busy server's answers do: each piece is held back so long, and
pieces do not wait for each other. usage: late.py MILLISECONDS COMMAND..."""
import os
import queue
import subprocess
import sys
import threading
import time

delay = float(sys.argv[1]) / 1000
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE)
pieces = queue.Queue()


def read():
    while piece := os.read(child.stdout.fileno(), 1 << 18):
        pieces.put((time.monotonic() + delay, piece))
    pieces.put((0, b""))


threading.Thread(target=read, daemon=True).start()
while True:
    due, piece = pieces.get()
    if not piece:
        break
    time.sleep(max(0, due - time.monotonic()))
    while piece:
        piece = piece[os.write(1, piece) :]
