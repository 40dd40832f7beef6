"""From where a token may be used: addresses and networks, as the 安全管理员 writes them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

#: More would be a list of machines, not of networks.
MOST_NETWORKS = 20


def networks_of(text: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks of a text such as `10.1.2.3, 10.2.0.0/16`; empty for none.

    ValueError, in Chinese, names the part that is no address and no network.
    """
    parts = text.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    named = [part.strip() for part in parts if part.strip()]
    if len(named) > MOST_NETWORKS:
        raise ValueError(f"最多填写{MOST_NETWORKS}个地址或网段")
    found = []
    for part in named:
        try:
            found.append(ip_network(part))
        except ValueError:
            raise ValueError(
                f"“{part[:50]}”不是地址或网段；应写成 10.1.2.3 或 10.2.0.0/16，多个用逗号分隔"
            ) from None
    return found


def may_come_from(text: str, address: str) -> bool:
    """Return whether a caller's address is in one of the networks; from anywhere where none is named."""
    networks = networks_of(text)
    if not networks:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(caller, "ipv4_mapped", None)
    return any((mapped or caller) in network for network in networks)
