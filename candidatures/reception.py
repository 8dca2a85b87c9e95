"""When a request reached us: the instant that decides whether a deposit is in time.

The rule, said on the page of the deposit: a deposit counts at the instant at which our server has received the whole
request, its body included. A request begun before the closing and whose last byte comes after it is late; one received
whole before the closing is in time, even if the server is busy and reads it later.

How it is known: a worker reads a request when its turn comes, but the system received its bytes before, and the socket
remembers how long ago the last of them came (Linux, `TCP_INFO`). The instant of reception is the database's clock less
that age. All the bytes of the body came no later than the last byte received, so nobody can look earlier than they
are; what rounding the system does (its clock ticks) is given to the closing, never to the request. Behind a proxy, it
is the instant at which the proxy handed the request over. Where the socket says nothing, it is the instant at which
the view starts, once the body is read.
"""

import socket
import struct
from datetime import datetime, timedelta

from manufactures import horloge

DERNIERE_RECEPTION = struct.Struct("=I")  # tcp_info.tcpi_last_data_recv, in milliseconds
POSITION = 8 + 11 * 4  # eight bytes, then the twelfth of the 32-bit fields (linux/tcp.h)
ARRONDI_MS = 10  # the coarsest tick of the system
PLUS_VIEUX_MS = 600_000  # nothing waits longer than this: a socket that says so is not believed


def recu_le(request) -> datetime:
    """The instant at which the whole request was received; call it once the body is read."""
    age = age_du_dernier_octet(request.META.get("gunicorn.socket"))
    return horloge.instant_exact() - age


def age_du_dernier_octet(prise) -> timedelta:
    """How long ago the last byte came through this socket; zero where it does not say."""
    if prise is None or not hasattr(socket, "TCP_INFO"):
        return timedelta(0)
    try:
        infos = prise.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        (age,) = DERNIERE_RECEPTION.unpack_from(infos, POSITION)
    except (OSError, struct.error, AttributeError):
        return timedelta(0)
    if age > PLUS_VIEUX_MS:
        return timedelta(0)
    return timedelta(milliseconds=max(age - ARRONDI_MS, 0))
