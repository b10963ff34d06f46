"""A TCP proxy on loopback that cuts connections after so many bytes, either way."""
import socket
import threading


class Cutter:
    """Forwards to a port. cut = (which connection, "up" or "down", bytes): that connection is
    closed on both sides once so many bytes have gone that way; connections count from 0 since
    the last arm()."""

    def __init__(self, to):
        self.to = to
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.arm(None)
        threading.Thread(target=self.accept, daemon=True).start()

    def arm(self, cut):
        self.cut = cut
        self.seen = 0
        self.bytes = []  # one [up, down] a connection
        self.was_cut = False

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                client.close()
                continue
            number = self.seen
            self.seen += 1
            count = [0, 0]
            self.bytes.append(count)
            for way, source, sink in ((0, client, server), (1, server, client)):
                threading.Thread(target=self.forward, args=(number, count, way, source, sink),
                                 daemon=True).start()

    def forward(self, number, count, way, source, sink):
        limit = None
        if self.cut and self.cut[0] == number and self.cut[1] == ("up", "down")[way]:
            limit = self.cut[2]
        try:
            while data := source.recv(65536):
                if limit is not None and count[way] + len(data) > limit:
                    sink.sendall(data[:max(0, limit - count[way])])
                    self.was_cut = True
                    break
                count[way] += len(data)
                sink.sendall(data)
        except OSError:
            pass
        for side in (source, sink):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()
