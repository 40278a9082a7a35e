"""Web addresses from outside: which may be asked, and how one is shown. Pure."""

import ipaddress
import re

from reprokit.quoting import clean

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?#][!-\[\]-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_HIGHEST_PORT = 65_535
_LONGEST_SHOWN = 80


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address that may be asked; None for any other."""
    match = _ADDRESS.fullmatch(url)
    if match is None:
        return None
    scheme, host = match["scheme"].lower(), match["host"].lower()
    port = int(match["port"] or (443 if scheme == "https" else 80))
    if port > _HIGHEST_PORT or (scheme == "http" and not is_loopback(host)):
        return None
    return scheme, host, port


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def shown_address(url: str) -> str:
    """Return scheme and host of an address for a message; never a name and password in it."""
    scheme, _, rest = clean(url).partition("://")
    if not rest:
        return "no web address"
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in rest:
        host = host.rpartition("@")[2] if "@" in host else "..."  # a password may hold a slash
    return ascii(f"{scheme}://{host}"[:_LONGEST_SHOWN])[1:-1]
