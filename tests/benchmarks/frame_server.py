"""A program, not a test: a WebSocket server in a process of its own that sends prepared frames as fast as they go.

Prints its port. To each client it sends the file's bytes `rounds` times over, then says goodbye.
Usage: frame_server.py FILE ROUNDS
"""

import asyncio
import re
import sys
from pathlib import Path

from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.utils import accept_key


async def serve(prepared: bytes, rounds: int) -> None:
    async def blast(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        found = re.search(r"(?im)^sec-websocket-key:\s*(\S+)", request)
        assert found is not None
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept_key(found[1]).encode() + b"\r\n\r\n"
        )
        for _ in range(rounds):
            writer.write(prepared)
            await writer.drain()
        goodbye = Close(CloseCode.NORMAL_CLOSURE, "").serialize()
        writer.write(Frame(Opcode.CLOSE, goodbye).serialize(mask=False))
        await reader.read(1_000)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(blast, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]).read_bytes(), int(sys.argv[2])))
