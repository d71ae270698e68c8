"""`python -m bot.nlu.tuning`: tune the encoder on data/nlu and write data/encoder/xiaoer-e5.onnx."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from bot.nlu import dataset, lexicon, vector_file
from bot.nlu.e5 import TunedE5
from bot.nlu.e5_file import E5File, model_path, quantise
from bot.nlu.linear import Labels
from bot.nlu.sentence_vectors import LONGEST, shorten
from bot.nlu.text import Normaliser
from bot.nlu.tuning import onnx_file
from bot.nlu.tuning.layers import LowerLayers, is_matrix
from bot.nlu.tuning.network import HEAD_SCALE, UpperLayers


def say(text: str) -> None:
    """Progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def main() -> None:
    """Parse the command line, tune, write."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.tuning", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data/nlu"))
    parser.add_argument("--out", type=Path, default=Path("data/encoder/xiaoer-e5.onnx"))
    parser.add_argument("--frozen", type=int, default=6, help="lower layers that stay as they are")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--go-on", action="store_true", help="start from the tuned encoder in --out")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument(
        "--vectors", action="store_true", help="no tuning, only renew the vectors that are kept"
    )
    settings = parser.parse_args()

    normalise = Normaliser(lexicon.load())
    examples = dataset.load(settings.data)
    if not settings.vectors:
        tune(settings, examples, normalise)
    keep_vectors(settings.out, [normalise(example.text) for example in examples])


def tune(settings: argparse.Namespace, examples: list[dataset.Example], normalise: Normaliser) -> None:
    """Tune and write the encoder of the best epoch."""
    texts = [shorten(normalise(example.text), 64) for example in examples]
    labels = Labels.of([example.readings for example in examples])
    held_out = np.array([dataset.is_held_out(normalise(example.text)) for example in examples])

    file = E5File(model_path())
    learn, check = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    seen = sorted(dataset.fingerprint(normalise(examples[i].text)) for i in learn)
    say(f"{len(texts)} examples, {len(check)} held out; running the {settings.frozen} lower layers")
    hidden = LowerLayers(file, settings.frozen).hidden(texts)
    net = UpperLayers(file, settings.frozen, file.layers, len(labels.classes))
    if settings.go_on:
        net.start_from(onnx_file.read(settings.out))
    epochs = net.fit_epochs(
        [hidden[i] for i in learn], labels.shares[learn], epochs=settings.epochs, rate=settings.rate
    )
    say("training")
    best = 0.0
    for number, loss in enumerate(epochs, 1):
        vectors = net.encode([hidden[i] for i in check])
        guesses = (HEAD_SCALE * vectors @ net.head.numpy() + net.bias.numpy()).argmax(axis=1)
        right = float((guesses == labels.main[check]).mean())
        say(f"epoch {number}: loss {loss:.3f}, intents right on held-out examples {right:.3f}")
        if right > best:
            best = right
            write(settings.out, file, net, seen)
            say(f"wrote {settings.out}")


def keep_vectors(out: Path, texts: list[str]) -> None:
    """Have the tuned encoder say what it makes of the training data, and keep that beside it."""
    encoder = TunedE5(out)
    short = sorted({shorten(text, LONGEST) for text in texts})
    say(f"keeping the vectors of {len(short)} texts")
    vector_file.write(encoder.kept, encoder.name, short, encoder.compute(short))


def write(out: Path, file: E5File, net: UpperLayers, seen: list[str]) -> None:
    """Write the layers, and which texts they were tuned on."""
    tensors = {
        name: quantise(variable.numpy()) if is_matrix(name) else variable.numpy()
        for name, variable in net.weights.items()
    }
    base = model_path()
    meta = {"base": base.name, "base_bytes": base.stat().st_size, "seen": seen}
    onnx_file.write(out, file, tensors, {"tuning": json.dumps(meta)})


if __name__ == "__main__":
    main()
