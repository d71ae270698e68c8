"""The callback's border: published and damaged vectors, wechatpy as a second opinion, hostile input."""

from __future__ import annotations

import json
import random
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from bot.channels.wechat import xml
from bot.channels.wechat.callback import Callbacks
from bot.channels.wechat.crypto import MessageCrypto, check_signature, sign
from bot.channels.wechat.errors import CallbackError, Refusal
from bot.channels.wechat.incoming import Kind, read
from bot.settings.parts import WechatSettings

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "wechat_vectors.json").read_text(encoding="utf-8")
)["vectors"]
EXPECTED = {
    "bad_signature": Refusal.BAD_SIGNATURE,
    "bad_crypto": Refusal.BAD_CRYPTO,
    "bad_length": Refusal.BAD_CRYPTO,
    "bad_padding": Refusal.BAD_CRYPTO,
    "bad_appid": Refusal.BAD_APPID,
    "bad_key": Refusal.BAD_KEY,
}
APP, TOKEN = "wx49f0ab532d5d035a", "123456"
KEY, OLD_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
TEXT = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content><![CDATA[在吗]]></Content><MsgId>77</MsgId></xml>"
)


def account(**changes: Any) -> WechatSettings:
    values: dict[str, Any] = {"app_id": APP, "token": TOKEN, "aes_key": KEY, "secret": "s", "game": "demo"}
    return WechatSettings(**{**values, **changes})


def signed(*, body: str = "", at: datetime = NOW, token: str = TOKEN, nonce: str = "n1") -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {"timestamp": timestamp, "nonce": nonce, "signature": sign(token, timestamp, nonce)}


def sealed(plain: str = TEXT, key: str = KEY, app: str = APP) -> tuple[dict[str, str], bytes]:
    encrypted = MessageCrypto(app, [key]).encrypt(plain.encode())
    query = {**signed(), "encrypt_type": "aes"}
    query["msg_signature"] = sign(TOKEN, query["timestamp"], query["nonce"], encrypted)
    return (
        query,
        f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{xml.cdata(encrypted)}</Encrypt></xml>".encode(),
    )


def refusal(call: Any) -> Refusal:
    with pytest.raises(CallbackError) as caught:
        call()
    return caught.value.refusal


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_vectors(vector: dict[str, Any]) -> None:
    def check() -> bytes | None:
        if "signature" in vector:
            check_signature(vector["signature"], vector["token"], vector["timestamp"], vector["nonce"])
        if "msg_signature" in vector:
            parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
            check_signature(vector["msg_signature"], *parts)
        if "encoding_aes_key" not in vector:
            return None
        crypto = MessageCrypto(vector.get("appid", ""), [vector["encoding_aes_key"]])
        return crypto.decrypt(vector["encrypt"]).plain

    if vector["expect"] != "ok":
        assert refusal(check) is EXPECTED[vector["expect"]]
        return
    plain = check()
    if vector["kind"] == "signature":
        return
    assert plain is not None
    assert plain.decode() == vector["plaintext"]
    if vector.get("reencrypt_exact"):
        crypto = MessageCrypto(vector["appid"], [vector["encoding_aes_key"]])
        mine = vector["random16"].encode()
        again = crypto.encrypt(plain, random=mine if len(mine) == 16 else bytes.fromhex(mine.decode()))
        assert again == vector["encrypt"]


def test_published_compatible_body_uses_the_decrypted_text() -> None:
    vector = next(v for v in VECTORS if v["id"] == "dec-cryptodemo-python")
    body = vector["post_body_compat"].replace("{encrypt}", vector["encrypt"]).replace("abcdteT", "forged!")
    known = account(
        app_id=vector["appid"], token=vector["token"], aes_key=vector["encoding_aes_key"], mode="compatible"
    )
    query = {"timestamp": vector["timestamp"], "nonce": vector["nonce"], "encrypt_type": "aes"}
    query["msg_signature"] = vector["msg_signature"]
    now = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
    push = Callbacks(known).receive(query, body.encode(), now)
    assert (push.fields["Content"], push.key) == ("abcdteT", "m:6054768590064713728")


def test_published_secure_url_signature_does_not_open_a_clear_body() -> None:
    vector = next(v for v in VECTORS if v["id"] == "sig-secure-url-signature")
    known = account(token=vector["token"])
    query = {k: vector[k] for k in ("timestamp", "nonce", "signature")}
    now = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
    assert Callbacks(known).verify({**query, "echostr": "42"}, now) == "42"
    assert refusal(lambda: Callbacks(known).receive(query, TEXT.encode(), now)) is Refusal.CLEAR_BODY


def test_wechatpy_agrees_both_ways() -> None:
    """3,000 random messages: encrypted here and opened there, and the other way round."""
    rng = random.Random(5)
    for n in range(3000):
        key = "".join(rng.choices(string.ascii_letters + string.digits, k=43))
        text = "".join(chr(rng.choice([rng.randint(32, 126), rng.randint(0x4E00, 0x9FA5), 0x1F600]))
                       for _ in range(rng.randint(0, 120)))  # fmt: skip
        timestamp, nonce = str(rng.randint(1, 2**31)), str(n)
        ours, theirs = MessageCrypto(APP, [key]), WeChatCrypto(TOKEN, key, APP)
        encrypted = ours.encrypt(text.encode())
        signature = sign(TOKEN, timestamp, nonce, encrypted)
        envelope = xml.encrypted_reply(encrypted, signature, timestamp, nonce)
        assert theirs.decrypt_message(envelope, signature, timestamp, nonce) == text
        fields = xml.parse(theirs.encrypt_message(text, nonce, timestamp))
        check_signature(fields["MsgSignature"], TOKEN, timestamp, nonce, fields["Encrypt"])
        assert ours.decrypt(fields["Encrypt"]).plain.decode() == text
        with pytest.raises(InvalidSignatureException):
            theirs.decrypt_message(envelope, "0" * 40, timestamp, nonce)


@given(st.binary(max_size=2000))
def test_what_was_encrypted_comes_back(plain: bytes) -> None:
    crypto = MessageCrypto(APP, [KEY])
    assert crypto.decrypt(crypto.encrypt(plain)).plain == plain


@given(st.data())
def test_a_flipped_bit_is_never_believed(data: st.DataObject) -> None:
    """The signature notices; without it, the message at least never opens as another length or account."""
    query, body = sealed()
    position = data.draw(st.integers(0, len(body) - 1))
    damaged = bytearray(body)
    damaged[position] ^= 1 << data.draw(st.integers(0, 7))
    try:
        push = Callbacks(account()).receive(query, bytes(damaged), NOW)
    except CallbackError:
        return
    assert push.fields["Content"] == "在吗"  # the bit was outside of what is signed and used


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_hostile_bodies_raise_one_exception(body: bytes) -> None:
    for mode in ("plain", "secure"):
        query = signed() if mode == "plain" else {**signed(), "encrypt_type": "aes", "msg_signature": "x"}
        with pytest.raises(CallbackError):
            Callbacks(account(mode=mode)).receive(query, body, NOW)


def test_keys_change_without_a_gap() -> None:
    callbacks = Callbacks(account(previous_aes_key=OLD_KEY))
    query, body = sealed(key=OLD_KEY)
    push = callbacks.receive(query, body, NOW)
    assert (push.aes_key, push.fields["Content"]) == (1, "在吗")
    reply = xml.parse(callbacks.encrypted("<xml/>", push, "5", "n"))
    assert WeChatCrypto(TOKEN, OLD_KEY, APP).decrypt_message(
        {"Encrypt": reply["Encrypt"]}, reply["MsgSignature"], "5", "n"
    ) == "<xml/>"  # fmt: skip
    query, body = sealed(key=KEY)
    assert callbacks.receive(query, body, NOW).aes_key == 0
    assert refusal(lambda: Callbacks(account()).receive(*sealed(key=OLD_KEY), NOW)) is Refusal.BAD_CRYPTO


def test_tokens_change_without_a_gap() -> None:
    callbacks = Callbacks(account(token="new", previous_token=TOKEN))
    assert callbacks.verify({**signed(), "echostr": "a"}, NOW) == "a"
    assert callbacks.verify({**signed(token="new"), "echostr": "b"}, NOW) == "b"
    assert refusal(lambda: callbacks.verify(signed(token="other"), NOW)) is Refusal.BAD_SIGNATURE


def test_refused() -> None:
    secure, plain = Callbacks(account()), Callbacks(account(mode="plain", aes_key=None))
    query, body = sealed()
    later = datetime(2026, 11, 20, 7, 40, tzinfo=UTC)
    assert refusal(lambda: secure.receive(query, body, later)) is Refusal.STALE
    assert refusal(lambda: plain.receive(signed(), TEXT.encode(), later)) is Refusal.STALE
    assert refusal(lambda: secure.receive(signed(), TEXT.encode(), NOW)) is Refusal.CLEAR_BODY
    assert refusal(lambda: secure.receive(query, TEXT.encode(), NOW)) is Refusal.CLEAR_BODY
    assert refusal(lambda: secure.receive(*sealed(app="wxother"), NOW)) is Refusal.BAD_APPID
    assert refusal(lambda: plain.receive(query, body, NOW)) is Refusal.BAD_KEY
    swapped = {**query, "msg_signature": query["signature"]}
    assert refusal(lambda: secure.receive(swapped, body, NOW)) is Refusal.BAD_SIGNATURE
    assert refusal(lambda: plain.receive(signed(), b"x" * 65537, NOW)) is Refusal.TOO_LARGE
    assert refusal(lambda: secure.receive({}, body, NOW)) is Refusal.CLEAR_BODY
    named = Callbacks(account(mode="plain", original_id="gh_other"))
    assert refusal(lambda: named.receive(signed(), TEXT.encode(), NOW)) is Refusal.BAD_MESSAGE


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE xml [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>',
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
        "<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>",
        "<xml><A><B>1</B><B>2</B></A></xml>",
        "<xml>" + "".join(f"<T{n}/>" for n in range(100)) + "</xml>",
        "<html/>",
        "",
        "<xml>",
        '<?xml version="1.0" encoding="utf-99"?><xml/>',
        "<xml>" + "<a>" * 20000,
    ],
    ids=range(10),
)
def test_hostile_xml(body: str) -> None:
    assert refusal(lambda: xml.parse(body.encode())) is Refusal.BAD_XML


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_cdata_carries_any_text(text: str) -> None:
    assert xml.parse(f"<xml><C>{xml.cdata(text)}</C></xml>").get("C", "") == text


def push_of(**fields: str) -> Any:
    tags = "".join(f"<{k}>{xml.cdata(v)}</{k}>" for k, v in fields.items())
    head = "<ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1714037059</CreateTime>"
    return Callbacks(account(mode="plain")).receive(signed(), f"<xml>{head}{tags}</xml>".encode(), NOW)


def test_messages_are_read() -> None:
    text = read(push_of(MsgType="text", Content=" 在吗 ", MsgId="9223372036854775807"))
    assert (text.kind, text.text, text.opens_window) == (Kind.TEXT, "在吗", True)
    menu = read(push_of(MsgType="text", Content="退款", MsgId="1", bizmsgmenuid="12.0"))
    assert (menu.kind, menu.option) == (Kind.MENU_ANSWER, "12.0")
    voice = read(push_of(MsgType="voice", MediaId="m", Format="amr", Recognition="我要退款", MsgId="1"))
    assert (voice.text, voice.media) == ("我要退款", {"MediaId": "m", "Format": "amr"})
    assert read(push_of(MsgType="shortvideo", MediaId="m", MsgId="1")).kind is Kind.VIDEO
    follow = read(push_of(MsgType="event", Event="subscribe", EventKey="qrscene_shop7"))
    assert (follow.kind, follow.value, follow.opens_short_window) == (Kind.FOLLOW, "shop7", True)
    assert read(push_of(MsgType="event", Event="SCAN", EventKey="7")).value == "7"
    assert read(push_of(MsgType="event", Event="CLICK", EventKey="refund")).value == "refund"
    for silent in ("VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "subscribe_msg_popup_event"):
        assert read(push_of(MsgType="event", Event=silent)).kind is Kind.SILENT
    gone = read(push_of(MsgType="event", Event="unsubscribe"))
    assert (gone.kind, gone.opens_window) == (Kind.UNFOLLOW, False)
    assert read(push_of(MsgType="hologram", MsgId="1")).kind is Kind.UNKNOWN
    scan = push_of(MsgType="event", Event="scancode_push", EventKey="k")
    assert read(scan).kind is Kind.UNKNOWN


def test_the_same_push_has_the_same_key() -> None:
    click = {"MsgType": "event", "Event": "CLICK", "EventKey": "a"}
    assert push_of(**click).key == push_of(**click).key != push_of(**{**click, "EventKey": "b"}).key
    assert refusal(lambda: push_of(MsgType="text", Content="x")) is Refusal.BAD_MESSAGE
    assert refusal(lambda: push_of(MsgType="text", Content="x", MsgId="1'--")) is Refusal.BAD_MESSAGE


def test_secrets_are_not_in_errors() -> None:
    known = account(aes_key=SecretStr(KEY), token=SecretStr("hidden-token"))
    assert "hidden-token" not in repr(known)
    assert KEY not in repr(known)
    with pytest.raises(CallbackError) as error:
        Callbacks(known).verify(signed(), NOW)
    assert "hidden-token" not in str(error.value)
