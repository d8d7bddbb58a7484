"""Runs ``qa`` where the kernel ends a process that makes a socket but Unix's.

    python -m tests.faults.jail ask "when?"

The product's own filter with another verdict: where an error might be swallowed, the end of the
process, of SIGSYS, cannot be.  Native libraries, threads and children are held to it.
"""

import sys

from qa.settings import sandbox

if __name__ == "__main__":
    if not sandbox.forbid_network(sandbox.KILL):
        sys.exit("the filter cannot be set")
    if sys.argv[1:] == ["--connect"]:  # that the jail holds
        import socket

        socket.socket()
    from qa.fronts.cli.main import main

    main()
