"""The network between two programs, that a test cuts."""
import socket
import threading

from browser import free_port


class Wire:
    """A TCP proxy in front of a gate's door to other gates, that can be cut."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.to = free_port()
        self.cut = False
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            try:
                if self.cut:
                    raise OSError
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                near.close()
                continue
            self.open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.forward, args=(source, sink), daemon=True).start()

    def forward(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for side in (source, sink):
            self.open.discard(side)
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def set(self, cut):
        self.cut = cut
        for side in list(self.open) if cut else []:
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
