"""`python -m bot.nlu.tuning`: tune the encoder on data/nlu and write data/encoder/xiaoer-e5.npz."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from bot.nlu import dataset, lexicon
from bot.nlu.sentence_vectors import shorten
from bot.nlu.text import Normaliser
from bot.nlu.tuning.e5_file import E5File, model_path, quantise
from bot.nlu.tuning.network import HEAD_SCALE, MATRICES, NORMS, UpperLayers, lower_layers


def say(text: str) -> None:
    """Progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def main() -> None:
    """Parse the command line, tune, write."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.tuning", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data/nlu"))
    parser.add_argument("--out", type=Path, default=Path("data/encoder/xiaoer-e5.npz"))
    parser.add_argument("--frozen", type=int, default=6, help="lower layers that stay as they are")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--go-on", action="store_true", help="start from the tuned encoder in --out")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    settings = parser.parse_args()

    normalise = Normaliser(lexicon.load())
    examples = dataset.load(settings.data)
    texts = [shorten(normalise(example.text), 64) for example in examples]
    classes = sorted({example.intent for example in examples})
    labels = np.array([classes.index(example.intent) for example in examples])
    held_out = np.array([dataset.is_held_out(normalise(example.text)) for example in examples])

    file = E5File(model_path())
    say(f"{len(texts)} examples, {int(held_out.sum())} held out; running the {settings.frozen} lower layers")
    hidden = lower_layers(file, texts, settings.frozen)
    learn, check = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    net = UpperLayers(file, settings.frozen, len(classes))
    if settings.go_on:
        net.start_from(dict(np.load(settings.out)))
    epochs = net.fit_epochs(
        [hidden[i] for i in learn], labels[learn], epochs=settings.epochs, rate=settings.rate
    )
    for number, loss in enumerate(epochs, 1):
        vectors = net.encode([hidden[i] for i in check])
        guesses = (HEAD_SCALE * vectors @ net.head.numpy() + net.bias.numpy()).argmax(axis=1)
        right = float((guesses == labels[check]).mean())
        say(f"epoch {number}: loss {loss:.3f}, intents right on held-out examples {right:.3f}")

    tensors = {}
    for layer in range(settings.frozen, file.layers):
        for name in MATRICES:
            tensors[f"l{layer}.{name}.w"] = quantise(net.weights[f"l{layer}.{name}.w"].numpy())
            tensors[f"l{layer}.{name}.b"] = net.weights[f"l{layer}.{name}.b"].numpy()
        for name in NORMS:
            tensors[f"l{layer}.{name}"] = net.weights[f"l{layer}.{name}"].numpy()
    seen = sorted(dataset.fingerprint(normalise(examples[i].text)) for i in learn)
    meta = {"base": model_path().name, "base_bytes": model_path().stat().st_size, "seen": seen}
    settings.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(settings.out, meta=np.array(json.dumps(meta)), **tensors)
    say(f"wrote {settings.out}")


if __name__ == "__main__":
    main()
