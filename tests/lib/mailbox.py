"""A mail server's receiving end for a test, on aiosmtpd: keeps what it is given, and refuses whom it is
told to refuse."""
from aiosmtpd.controller import Controller


class Mailbox:
    """refused: the answer to RCPT by how an address begins; everybody else is taken."""

    def __init__(self, refused):
        self.refused = refused
        self.taken, self.commands = [], []  # envelopes; addresses asked for

    def listen(self, port):
        """The server, started; its stop() ends it."""
        server = Controller(self, hostname="127.0.0.1", port=port)
        server.start()
        return server

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.commands.append(address)
        for start, answer in self.refused.items():
            if address.startswith(start):
                return answer.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(envelope)
        return "250 taken"

    def to(self, address):
        return [e.original_content for e in self.taken if e.rcpt_tos == [address]]
