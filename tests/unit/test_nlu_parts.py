from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.nlu import check_data, clauses, dataset, lexicon, linear, regression, vector_file
from bot.nlu.decision import ANSWER, ASK_BACK, OUT_OF_SCOPE, REPHRASE, Thresholds, decide
from bot.nlu.e5_file import dequantise, quantise
from bot.nlu.encoder import CachedEncoder, Matrix
from bot.nlu.evaluation import metrics
from bot.nlu.evaluation.metrics import Prediction
from bot.nlu.neighbours import Neighbours
from bot.nlu.ngrams import Analyser, Vectoriser
from bot.nlu.noise import names_nothing, only_signs
from bot.nlu.sentence_vectors import shorten
from bot.nlu.text import Normaliser

LIMITS = Thresholds(answer=0.5, ask_back=0.6, out_of_scope=0.4)


@pytest.mark.parametrize(
    ("ranking", "outcome"),
    [
        ([("account_stolen", 0.8), ("account_password", 0.1)], ANSWER),
        ([("account_stolen", 0.45), ("account_password", 0.3)], ASK_BACK),
        ([("account_stolen", 0.3), ("account_password", 0.2)], REPHRASE),
        ([("out_of_scope", 0.9), ("account_stolen", 0.1)], OUT_OF_SCOPE),
        ([("out_of_scope", 0.38), ("account_stolen", 0.37), ("account_password", 0.24)], ASK_BACK),
        ([], REPHRASE),
    ],
)
def test_decisions(ranking: list[tuple[str, float]], outcome: str) -> None:
    assert decide(ranking, LIMITS) == outcome


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8))
def test_more_confidence_in_the_first_reading_never_turns_an_answer_away(weights: list[float]) -> None:
    total = sum(weights)
    ranking = sorted(((f"i{n}", w / total) for n, w in enumerate(weights)), key=lambda r: -r[1])
    surer = [(ranking[0][0], ranking[0][1] + 0.1), *ranking[1:]]
    if decide(ranking, LIMITS) == ANSWER:
        assert decide(surer, LIMITS) == ANSWER


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("充值没到账,另外游戏一直闪退", ["充值没到账", "游戏一直闪退"]),
        ("充值没到账 顺便问下今天几点维护", ["充值没到账", "今天几点维护"]),
        ("充了648没到 而且一直掉线", ["充了648没到", "一直掉线"]),
        ("号没了", []),
        ("充了648一直没到到底怎么回事", []),
        ("my gems are gone also the game keeps crashing", ["my gems are gone", "the game keeps crashing"]),
        ("退款 还有怎么改密码", ["退款", "怎么改密码"]),
        ("销户,另外孩子充的能退吗", ["销户", "孩子充的能退吗"]),
    ],
)
def test_clauses(text: str, parts: list[str]) -> None:
    assert clauses.split(text) == parts


@given(st.text(max_size=80))
def test_clauses_are_in_the_text_and_in_order(text: str) -> None:
    parts = clauses.split(text)
    assert len(parts) in {0, 2, 3, 4}
    letters = [part.replace(" ", "") for part in parts]
    assert all(letters)


def test_two_wishes_need_two_sure_clauses_that_the_message_shows() -> None:
    whole = [("a_one", 0.7), ("b_two", 0.2), ("c_three", 0.001)]
    assert clauses.wishes(whole, [("a_one", 0.9), ("b_two", 0.8)], sure=0.7, trace=0.02) == ["a_one", "b_two"]
    assert clauses.wishes(whole, [("a_one", 0.9), ("b_two", 0.5)], sure=0.7, trace=0.02) == []
    assert clauses.wishes(whole, [("a_one", 0.9), ("a_one", 0.9)], sure=0.7, trace=0.02) == []
    assert clauses.wishes(whole, [("a_one", 0.9), ("c_three", 0.9)], sure=0.7, trace=0.02) == []
    beyond_doubt = [("a_one", 0.9), ("c_three", 0.97)]
    assert clauses.wishes(whole, beyond_doubt, sure=0.7, trace=0.02, alone=0.95) == ["a_one", "c_three"]
    assert (
        clauses.wishes([("a_one", 0.9), ("greet", 0.1)], [("greet", 0.9), ("a_one", 0.9)], sure=0.7, trace=0)
        == []
    )


def _toy(count: int = 300) -> tuple[csr_matrix, linear.Labels]:
    random = np.random.default_rng(1)
    names = [("left", "right", "up")[i % 3] for i in range(count)]
    centres = {"left": (-1, 0), "right": (1, 0), "up": (0, 1)}
    features = csr_matrix([random.normal(centres[name], 1.0) for name in names])
    return features, linear.Labels.of([{name: 1.0} for name in names])


def test_calibration_brings_confidence_to_the_share_that_is_right() -> None:
    features, labels = _toy(1500)
    view = linear.View(features, scale=20.0, c=100.0, weight=5.0)  # far too sure of itself
    raw = linear.fit_together([view], labels)
    calibrated = linear.fit_calibrated([view], labels, np.ones(len(labels.shares), dtype=bool))
    new, truth = _toy(900)
    share_right = float(np.mean(calibrated.probabilities(new).argmax(1) == truth.main))
    assert abs(calibrated.probabilities(new).max(1).mean() - share_right) < 0.05
    assert raw.probabilities(new).max(1).mean() > share_right + 0.1


def test_views_add_up_to_one_model_that_survives_saving(tmp_path: Path) -> None:
    features, labels = _toy()
    views = [linear.View(features[:, :1], weight=0.5), linear.View(features[:, 1:], scale=2.0)]
    model = linear.fit_together(views, labels)
    parts = [linear.fit(view, labels).logits(view.features) * view.weight for view in views]
    assert np.allclose(model.logits(features), parts[0] + parts[1])
    assert np.allclose(model.probabilities(features).sum(axis=1), 1)
    model.save(tmp_path / "m.npz")
    assert np.allclose(
        linear.LinearModel.load(tmp_path / "m.npz").logits(features), model.logits(features), atol=1e-5
    )


def test_the_fit_is_the_optimum_that_scikit_learn_finds_sparse_or_dense() -> None:
    features, labels = _toy()
    reference = LogisticRegression(C=2.0, tol=1e-8, max_iter=1000).fit(features, labels.main)
    for form in (features.astype(np.float32), features.toarray().astype(np.float32)):
        found = regression.fit(form, labels.shares, c=2.0, start=None, tol=1e-5, max_iter=500)
        assert np.allclose(found[:-1], reference.coef_.T, atol=5e-3)
        again = regression.fit(form, labels.shares, c=2.0, start=found, tol=1e-5, max_iter=0)
        assert np.array_equal(again, found)


def test_other_readings_of_an_example_are_learnt_along_with_the_main_one() -> None:
    features = csr_matrix(np.ones((40, 1), np.float32))
    labels = linear.Labels.of([{"lag": 1.0, "crash": 0.6}] * 30 + [{"login": 1.0}] * 10)
    model = linear.fit(linear.View(features, c=100.0), labels)
    found = dict(zip(model.classes, model.probabilities(features)[0], strict=True))
    assert found == pytest.approx({"lag": 0.75 / 1.6, "crash": 0.75 * 0.6 / 1.6, "login": 0.25}, abs=0.02)


def test_near_examples_vote_and_the_nearest_has_the_most_to_say() -> None:
    angles = np.array([0.0, 0.05, 0.5, 1.5])
    examples = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    search = Neighbours(examples, np.array([0, 1, 1, 2]), classes=3, count=3)
    scores = search.scores(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert np.allclose(np.exp(scores).sum(axis=1), 1)
    assert scores[0, 0] > scores[0, 1] > scores[0, 2]
    assert scores[1].argmax() == 2


def test_fewer_dimensions_find_the_same_neighbours() -> None:
    random = np.random.default_rng(5)
    flat = random.normal(size=(60, 4)) @ random.normal(size=(4, 40))  # only four directions matter
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    target = np.arange(60) % 5
    whole, reduced = Neighbours.of(flat, target, 5), Neighbours.of(flat, target, 5, dimensions=8)
    assert whole.basis is None
    assert reduced.vectors.shape == (60, 8)
    assert np.allclose(whole.scores(flat[:9]), reduced.scores(flat[:9]), atol=1e-3)


def test_an_opinion_from_elsewhere_is_part_of_the_calibration() -> None:
    features, labels = _toy(1500)
    truth = 4.0 * labels.shares  # an oracle: with it there is no doubt left
    fresh = np.ones(len(labels.shares), dtype=bool)
    alone = linear.fit_calibrated([linear.View(features)], labels, fresh)
    helped = linear.fit_calibrated(
        [linear.View(features)], labels, fresh, opinion=lambda _, rows: truth[rows]
    )
    assert helped.probabilities(features, truth).max(axis=1).mean() > 0.97
    assert alone.probabilities(features).max(axis=1).mean() < 0.9


def test_two_classes_keep_two_columns() -> None:
    features, labels = _toy()
    up = labels.classes.index("up")
    two = linear.Labels.of([{"up" if number == up else "side": 1.0} for number in labels.main])
    model = linear.fit(linear.View(features), two)
    assert model.classes == ("side", "up")
    assert model.probabilities(csr_matrix([[0.0, 5.0]]))[0][1] > 0.9


def test_ngrams_survive_saving_and_see_concepts() -> None:
    words = lexicon.Lexicon(concepts={"pay": ("充值", "课了")})
    texts = ["充值没到", "课了没到", "闪退了", "登不上"] * 5
    first = Vectoriser(Analyser(words))
    first.fit(texts)
    second = Vectoriser(Analyser(words))
    second.restore(first.dump())
    assert (first.transform(texts) != second.transform(texts)).nnz == 0
    assert "\0pay" in Analyser(words)("我课了")


class CountingEncoder:
    name = "counting"
    dimensions = 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> Matrix:
        self.asked += texts
        return np.array([[len(t), 1, 2] for t in texts], dtype=np.float32)

    def has_seen(self, text: str) -> bool:
        return False


def test_unchanged_texts_are_not_encoded_again(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    path = tmp_path / "deep" / "vectors.sqlite"
    first = CachedEncoder(encoder, path).encode(["一", "二二", "一"])
    again = CachedEncoder(encoder, path).encode(["二二", "三三三"])
    assert encoder.asked == ["一", "二二", "三三三"]
    assert first[:, 0].tolist() == [1, 2, 1]
    assert again[:, 0].tolist() == [2, 3]
    path.write_bytes(b"damaged")
    assert CachedEncoder(encoder, path).encode(["二二"])[0, 0] == 2


@given(st.text(max_size=200), st.integers(6, 60))
def test_shortening_keeps_both_ends(text: str, longest: int) -> None:
    short = shorten(text, longest)
    assert len(short) <= max(longest, 0) or short == text
    if len(text) > longest:
        assert text.startswith(short[: longest - longest // 3 - 1])
        assert text.endswith(short[-(longest // 3) :])


def test_quantising_twice_changes_nothing() -> None:
    matrix = np.random.default_rng(3).normal(size=(64, 8)).astype(np.float32)
    once = quantise(matrix)
    restored = dequantise(once).reshape(-1, 64).T
    assert np.abs(restored - matrix).max() < np.abs(matrix).max() / 7
    assert (quantise(restored) == once).mean() > 0.99


def _write(folder: Path, name: str, intent: str, lines: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    body = "".join(f"    - {line}\n" for line in lines)
    (folder / name).write_text(
        f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{body}', encoding="utf-8"
    )


def test_the_check_finds_leaks_duplicates_and_traps(tmp_path: Path) -> None:
    _write(
        tmp_path / "train",
        "a.yml",
        "account_stolen",
        ["號被盜了！", "看[这里](there)", "今天早上起来一看号就被人盗了，装备全没了，怎么办"],
    )
    _write(tmp_path / "train", "b.yml", "account_password", ["号被盗了"])
    _write(
        tmp_path / "test",
        "t.yml",
        "account_stolen",
        ["号被盗了", "今天早上起来一看号就被人盗了，装备全没了，怎么办呀", "无关的话"],
    )
    normalise = Normaliser(lexicon.load())
    train, test = dataset.load(tmp_path / "train"), dataset.load(tmp_path / "test")
    assert len(list(check_data.duplicates(train, normalise))) == 1
    assert len([f for f in check_data.leaks(train, test, normalise) if "also in" in f]) == 2
    assert len([f for f in check_data.leaks(train, test, normalise) if "nearly in" in f]) == 1
    assert any("annotation" in f for f in check_data.traps(tmp_path / "train"))
    assert any("account_stolen has 3" in f for f in check_data.counts(train, test))
    shutil.rmtree(tmp_path / "test")
    assert not list(check_data.leaks(train, [], normalise))


def test_the_repositorys_own_data_is_clean() -> None:
    assert check_data.main() == 0


def _predicted(intent: str, *ranking: tuple[str, float], fair: tuple[str, ...] = ()) -> Prediction:
    return Prediction(dataset.Example("x", intent, "t.yml", fair=fair), ranking)


def test_metrics() -> None:
    found = [
        _predicted("account_stolen", ("account_stolen", 0.9), ("account_password", 0.1)),
        _predicted("account_stolen", ("account_password", 0.6), ("account_stolen", 0.4)),
        _predicted("technical_lag", ("technical_login", 0.8), ("greet", 0.2), fair=("technical_login",)),
        _predicted("out_of_scope", ("out_of_scope", 0.7), ("account_stolen", 0.3)),
    ]
    assert metrics.intent_accuracy(found) == 0.75
    assert metrics.intent_accuracy(found, fair=False) == 0.5
    assert metrics.category_accuracy(found) == 1.0
    assert metrics.top_two(found) == 1.0
    scores = metrics.per_intent(found)["account_stolen"]
    assert (scores.precision, scores.recall, scores.support) == (1.0, 0.5, 2)
    assert metrics.caught_at(metrics.out_of_scope_curve(found), 0.05)[1] == 1.0
    assert metrics.expected_calibration_error(found[:1]) == pytest.approx(0.1)


def test_kept_vectors_are_given_back_for_their_encoder_and_texts_alone(tmp_path: Path) -> None:
    vectors = np.random.default_rng(3).normal(size=(3, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = tmp_path / "kept.npz"
    vector_file.write(path, "tuned-1", ["登不上", "闪退", "卡"], vectors)
    found = vector_file.read(path, "tuned-1", ["卡", "没见过的", "登不上"])
    assert found.keys() == {"卡", "登不上"}
    assert float(found["卡"] @ vectors[2]) > 0.999
    assert np.linalg.norm(found["登不上"]) == pytest.approx(1, abs=1e-5)
    assert vector_file.read(path, "tuned-2", ["卡"]) == {}
    path.write_bytes(path.read_bytes()[:50])
    assert vector_file.read(path, "tuned-1", ["卡"]) == {}
    assert vector_file.read(tmp_path / "none.npz", "tuned-1", ["卡"]) == {}


@pytest.mark.parametrize(
    "text",
    [
        "asdkjh kjsdf",
        "...",
        "???",
        "aa",
        "啊啊",
        "qwer",
        "asdf",
        "fjdksl",
        "哈哈",
        "123",
        "§",
        "@#%",
        "",
        "🔴",
    ],
)
def test_what_names_nothing(text: str) -> None:
    assert names_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "充值",
        "test",
        "what is the weather today",
        "jintian tianqi",
        "转人工",
        "啊 我的号",
        "nights",
        "dsfg 退款",
    ],
)
def test_what_names_something(text: str) -> None:
    assert not names_nothing(text)


def test_what_names_nothing_is_not_refused_and_needs_a_surer_reading() -> None:
    limits = Thresholds(answer=0.5, ask_back=0.6, out_of_scope=0.4, wordless=0.7)
    assert decide([(OUT_OF_SCOPE, 0.9), ("affirm", 0.1)], limits, wordless=True) == REPHRASE
    assert decide([("thanks", 0.6), (OUT_OF_SCOPE, 0.1)], limits, wordless=True) == REPHRASE
    assert decide([("affirm", 0.8), (OUT_OF_SCOPE, 0.1)], limits, wordless=True) == ANSWER


@pytest.mark.parametrize(("text", "signs"), [("?", True), ("?!..", True), ("好?", False), ("1", False)])
def test_what_is_only_signs_has_no_reading(text: str, signs: bool) -> None:
    assert only_signs(text) is signs
