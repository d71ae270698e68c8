"""The Rasa components together, trained by Rasa on a handful of examples, without the encoder."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.model

CONFIG = """
recipe: default.v1
assistant_id: test
language: zh
pipeline:
  - name: bot.nlu.normaliser.TextNormaliser
  - name: bot.nlu.wishes.ClauseSplitter
  - name: bot.nlu.ngrams.CharNgramFeaturizer
  - name: bot.nlu.classifier.LinearIntentClassifier
    stage: ngrams
    features: {ngrams: {c: 30.0}}
  - name: bot.nlu.wishes.WishJoiner
    sure: 0.4
  - name: bot.nlu.decision.ReadingDecision
    answer: 0.7
    out_of_scope: 0.7
  - name: SpacyNLP
    model: data/spacy/zh_xiaoer
    case_sensitive: true
  - name: SpacyTokenizer
  - name: bot.nlu.extractor.SpacyValueExtractor
policies: []
"""
EXAMPLES = {
    "account_recharge_missing": [
        "充值没到账",
        "充了648没到",
        "钱扣了钻石没有",
        "月卡买了没到",
        "充的钱没到账",
    ],
    "technical_crash": ["游戏闪退", "一直闪退", "打开就闪退", "进本就闪退了", "闪退进不去"],
    "account_stolen": ["号被盗了", "账号被盗", "我的号被人盗了", "被盗号了怎么办", "号没了被盗"],
    "out_of_scope": ["今天天气怎么样", "讲个笑话", "帮我写作业", "附近有什么好吃的", "股票怎么买"],
}


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("nlu")
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    blocks = "".join(
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)
        for intent, lines in EXAMPLES.items()
    )
    (folder / "nlu.yml").write_text(f'version: "3.1"\nnlu:\n{blocks}', encoding="utf-8")
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    archive = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    assert archive
    agent = Agent()
    agent.load_model(archive)
    loop = asyncio.new_event_loop()
    yield lambda text: loop.run_until_complete(agent.parse_message(text))
    loop.close()


def test_a_messy_message_is_read_and_its_text_is_left_alone(parse: Any) -> None:
    parsed = parse("帳號被盜了！！！！")
    assert parsed["intent"]["name"] == "account_stolen"
    assert parsed["text"] == "帳號被盜了！！！！"
    assert parsed["decision"] == "answer"
    assert parsed["stage"] == "ngrams"


def test_entities_have_values_and_positions(parse: Any) -> None:
    parsed = parse("充了６４８沒到 單號2026112119034477")
    found = {e["entity"]: e for e in parsed["entities"]}
    assert found["amount"]["value"] == {"min_fen": 64800, "max_fen": 64800}
    assert found["amount"]["text"] == "６４８"
    assert found["order_number"]["value"] == "2026112119034477"
    assert found["order_number"]["extractor"] == "SpacyValueExtractor"
    json.dumps(parsed)


def test_two_wishes(parse: Any) -> None:
    assert parse("充值没到账，另外游戏一直闪退")["wishes"] == ["account_recharge_missing", "technical_crash"]
    assert parse("充值没到账")["wishes"] == []


def test_what_it_cannot_tell_is_a_fallback_with_the_readings_behind_it(parse: Any) -> None:
    parsed = parse("闪退 被盗")
    assert parsed["intent"]["name"] == "nlu_fallback"
    assert parsed["decision"] in {"ask_back", "rephrase"}
    names = [r["name"] for r in parsed["intent_ranking"]]
    assert names[0] == "nlu_fallback"
    assert set(names[1:]) == set(EXAMPLES)
    assert sum(r["confidence"] for r in parsed["intent_ranking"][1:]) == pytest.approx(1)


def test_out_of_scope(parse: Any) -> None:
    parsed = parse("今天天气怎么样呀")
    assert (parsed["intent"]["name"], parsed["decision"]) == ("out_of_scope", "out_of_scope")


def test_an_empty_message_is_survived(parse: Any) -> None:
    assert parse("  ")["intent"]["name"] is None or parse("  ")["decision"]
