"""Starts a program with sockets, as systemd does (sd_listen_fds(3)): launch.py KINDS NAMES PROGRAM ...

KINDS are words with commas: tcp, udp, unix, connected, closed. The first word on stdout is the
address of the first socket.
"""

import os
import socket
import sys

kinds, names, *program = sys.argv[1:]
made = []
kept = []
for kind in kinds.split(","):
    if kind == "udp":
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind(("127.0.0.1", 0))
    elif kind == "unix":
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        one.bind("socket")
        one.listen()
    else:
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.bind(("127.0.0.1", 0))
        one.listen()
    if kind == "connected":
        kept.append(one)
        kept.append(socket.create_connection(one.getsockname()))
        one = one.accept()[0]
    made.append(one)

# Out of the way of the numbers that are promised.
aside = [os.dup2(one.fileno(), 100 + at) for at, one in enumerate(made)]
for at, (descriptor, kind) in enumerate(zip(aside, kinds.split(","))):
    os.dup2(descriptor, 3 + at, inheritable=True)
    if kind == "closed":
        os.close(3 + at)
os.environ["LISTEN_FDS"] = str(len(made))
os.environ["LISTEN_PID"] = str(os.getpid())
if names:
    os.environ["LISTEN_FDNAMES"] = names
os.execv(program[0], program)
