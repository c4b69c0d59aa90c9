"""A run: the same again, after a kill, by two processes; what it knows of planted titles; what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from generation.ml.language_model import Corpus, LanguageModel, corpus_of, mixing, train
from generation.ml.language_model.errors import CorpusUnusable, ModelFolderInvalid, TrainingMismatch
from tests.generation.ml.language_model.conftest import SMALL, planted


def test_the_same_seed_trains_the_same_weights(corpus: Corpus, folder: Path, tmp_path: Path) -> None:
    train(corpus, tmp_path, settings=SMALL, seed=3, steps=30)
    a, b = load_file(folder / "model.safetensors"), load_file(tmp_path / "model.safetensors")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_stopped_run_goes_on_to_the_losses_of_an_uninterrupted_one(corpus: Corpus, tmp_path: Path) -> None:
    whole = train(corpus, tmp_path / "whole", settings=SMALL, seed=5, steps=16)
    calls = iter(range(100))
    part = train(corpus, tmp_path / "part", settings=SMALL, seed=5, steps=16, stop=lambda: next(calls) >= 7)
    assert not part.finished and len(part.losses) == 7
    with pytest.raises(ModelFolderInvalid):
        LanguageModel.load(tmp_path / "part")
    rest = train(corpus, tmp_path / "part", settings=SMALL, seed=5, steps=16)
    assert rest.finished and rest.losses == whole.losses
    a, b = (load_file(tmp_path / n / "model.safetensors") for n in ("whole", "part"))
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not (tmp_path / "part" / "checkpoint.safetensors").exists()


def test_a_checkpoint_of_other_data_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    calls = iter(range(100))
    train(corpus, tmp_path, settings=SMALL, seed=5, steps=9, stop=lambda: next(calls) >= 2)
    with pytest.raises(TrainingMismatch, match="other data, seed or settings"):
        train(planted(200, seed=9), tmp_path, settings=SMALL, seed=5, steps=9)


def test_a_run_ends_within_its_minutes(corpus: Corpus, tmp_path: Path) -> None:
    shares: list[float] = []
    result = train(
        corpus, tmp_path, settings=SMALL, minutes=0.1, progress=lambda share, told: shares.append(share)
    )
    assert result.finished and result.about["seconds"] < 60
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert result.about["steps"] >= 1


def test_counts_and_network_together_know_held_out_titles_better_than_counts_alone(
    corpus: Corpus, model: LanguageModel
) -> None:
    """The grammar's true entropy is about 0.5 bits a letter; a uniform choice of letters is above 4."""
    later = planted(80, seed=4)
    assert model.bits_per_character(later) < 1.0
    assert sum(model.bits(later.texts)) == pytest.approx(model.bits_per_character(later) * later.characters)


def test_log_probabilities_sum_to_one_with_every_part(model: LanguageModel) -> None:
    batch = model.batch(
        [[300, 301, model.end], [290, model.end]], [[], model.control_ids(["<|language:zh|>"])]
    )
    with torch.no_grad():
        p = model.log_probabilities(batch).exp()
    torch.testing.assert_close(p.sum(1), torch.ones(len(p)))


def test_bits_of_a_batch_are_those_of_each_text_alone(model: LanguageModel, corpus: Corpus) -> None:
    some = corpus.texts[:12]
    alone = [model.bits([one])[0] for one in some]
    assert model.bits(some) == pytest.approx(alone, rel=1e-4)


@pytest.mark.parametrize("over", ["counts", "nothing"])
def test_control_tokens_are_learned(over: str, tmp_path: Path, corpus: Corpus) -> None:
    settings = replace(SMALL, over=over, controls_dropped=0.0)
    train(corpus, tmp_path, settings=settings, seed=1, steps=60)
    model = LanguageModel.load(tmp_path)
    text = next(one for one in corpus.texts if one.controls == ("<|language:en|>",))
    other = replace(text, controls=("<|language:zh|>",))
    right, wrong = model.bits([text, other])
    assert right < wrong - 1


def test_a_part_counted_apart_is_the_same_when_the_newest_texts_are_counted_too(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 texts are more than 290, the 285 that the gate is learned over are fewer: it was made for one expert less."""
    monkeypatch.setattr(mixing, "NEWEST", (None, 290, 40))
    train(corpus, tmp_path, settings=SMALL, seed=0, steps=0)
    model = LanguageModel.load(tmp_path)
    assert len(model.experts) == 2 and model.network is None
    assert model.bits_per_character(corpus) < 1.5


def test_too_small_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnusable, match="at least 20 texts"):
        train(corpus_of(planted(5).texts), tmp_path, steps=1)


@pytest.mark.slow
def test_two_processes_walk_the_path_of_one_with_the_doubled_batch(tmp_path: Path) -> None:
    file = tmp_path / "corpus.txt"
    file.write_text("\n".join(one.text for one in planted(300).texts), encoding="utf-8")
    script = tmp_path / "run.py"
    script.write_text(
        "import json, os, sys\n"
        "from dataclasses import replace\n"
        "from pathlib import Path\n"
        "import torch.distributed as dist\n"
        "from generation.ml.language_model import read_corpus, train\n"
        "from tests.generation.ml.language_model.conftest import SMALL\n"
        "if 'RANK' in os.environ: dist.init_process_group('gloo')\n"
        "result = train(read_corpus(Path(sys.argv[1])), Path(sys.argv[2]), settings=replace(SMALL, parts=2), seed=2, steps=6)\n"
        "Path(f\"{sys.argv[2]}-losses{os.environ.get('RANK', 0)}.json\").write_text(json.dumps(result.losses))\n"
        "if dist.is_initialized(): dist.destroy_process_group()\n",
        encoding="utf-8",
    )
    alone, both = tmp_path / "alone", tmp_path / "both"
    root = Path(__file__).resolve().parents[4]
    environment = {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "--master-port",
        "29617",
    ]
    for command in ([sys.executable, script, file, alone], [*launch, script, file, both]):
        subprocess.run([str(w) for w in command], check=True, cwd=root, env=environment, timeout=600)
    wanted = json.loads((tmp_path / "alone-losses0.json").read_text())
    assert json.loads((tmp_path / "both-losses0.json").read_text()) == pytest.approx(wanted, rel=1e-4)
    assert json.loads((tmp_path / "both-losses1.json").read_text()) == pytest.approx(wanted, rel=1e-4)
