"""reprokit.addresses: whom a program may ask, and what a message shows."""

import pytest

from reprokit.addresses import origin_of, shown_address


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://huggingface.co", ("https", "huggingface.co", 443)),
        ("HTTPS://HuggingFace.co:8443/api?x=y#z", ("https", "huggingface.co", 8443)),
        ("http://127.0.0.1:8080/x", ("http", "127.0.0.1", 8080)),
        ("http://127.8.9.10/x", ("http", "127.8.9.10", 80)),
        ("http://localhost:1", ("http", "localhost", 1)),
        ("http://[::1]:8080/x", ("http", "[::1]", 8080)),
    ],
)
def test_https_and_this_machine_may_be_asked(url: str, origin: tuple[str, str, int]) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "huggingface.co",
        "//huggingface.co/x",
        "http://huggingface.co",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:1.2.3.4]/",
        "http://10.0.0.1/",
        "http://127.0.0.1\\@evil.example/",
        "https://name:secret@huggingface.co/",
        "https://huggingface.co:99999/",
        "https://huggingface.co:٤٤٣/",
        "https://hugg\u0131ngface.co/",
        "http\u017f://127.0.0.1/",
        "https://huggingface.co/\r\nX: y",
        "https://huggingface.co/a b",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "https://" + "a" * 300,
    ],
)
def test_nobody_else_is_asked(url: str) -> None:
    assert origin_of(url) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://name:secret@host.example/path?key=secret", "https://host.example"),
        ("https://name:sec/ret@host.example/", "https://..."),
        ("http://host.example/secret", "http://host.example"),
        ("http://\x1b[31mhost\u202e", "http://[31mhost"),
        ("secret", "no web address"),
        ("", "no web address"),
        ("https://hôst.example", "https://h\\xf4st.example"),
    ],
)
def test_a_message_shows_the_host_and_neither_password_nor_path(url: str, shown: str) -> None:
    assert shown_address(url) == shown


def test_a_message_is_short() -> None:
    assert len(shown_address("https://" + "a" * 10_000)) <= 80
