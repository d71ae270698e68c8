"""The platform's XML: a flat element with text fields. Everything else in a body is refused."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.channels.wechat.errors import CallbackError, Refusal

MAX_BODY = 64 * 1024
"""Largest callback body in bytes."""

MAX_FIELDS = 64


def parse(body: bytes | str) -> dict[str, str]:
    """The fields of a body; those of a nested element under ``Outer.Inner``.

    Raises CallbackError: TOO_LARGE, BAD_XML (malformed, a DTD or entities, a tag twice, another root, too
    many fields).
    """
    if len(body) > MAX_BODY:
        raise CallbackError(Refusal.TOO_LARGE)
    try:
        root = fromstring(body, forbid_dtd=True)
    # LookupError: an encoding that does not exist; RecursionError: an absurd depth
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise CallbackError(Refusal.BAD_XML) from None
    if root.tag != "xml":
        raise CallbackError(Refusal.BAD_XML)
    fields: dict[str, str] = {}
    _collect(root, "", fields)
    return fields


def _collect(element: Element, prefix: str, fields: dict[str, str]) -> None:
    seen: set[str] = set()
    for child in element:
        name = prefix + child.tag
        if child.tag in seen or len(fields) >= MAX_FIELDS:
            raise CallbackError(Refusal.BAD_XML)
        seen.add(child.tag)
        if len(child) == 0:
            fields[name] = child.text or ""
        elif not prefix:  # one level is all that is used (ScanCodeInfo); picture lists and the like are not
            _collect(child, f"{child.tag}.", fields)


def cdata(text: str) -> str:
    """`text` as a CDATA section; an end mark inside it is split over two sections."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def encrypted_reply(encrypted: str, signature: str, timestamp: str, nonce: str) -> str:
    """The envelope of an encrypted passive reply."""
    return (
        f"<xml><Encrypt>{cdata(encrypted)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    )


def text_reply(to: str, sender: str, created: int, text: str) -> str:
    """A passive text reply (before encryption, where the mode has any)."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(sender)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType>{cdata('text')}</MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    )
