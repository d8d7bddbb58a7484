"""Training: processes of one thread each, their gradients averaged (quicker here than threads)."""

import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
import torch
import torch.distributed as dist
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, multiprocessing

from .bases import e5, english
from .coder import Row, rows
from .encoder import Encoder
from .export import weights_in
from .items import from_lines

WEIGHTS = (1.0, 1.8, 1.8, 1.0)
"""How much a window counts that answers in full, in part, contradicts, or does not answer."""

_WARM = 60  # steps until the full rate
_LEAST = 0.02  # share of the rate that is left at the end
_SORTED = 40  # batches that are sorted by length together, so that little is padded
_STEP = 16  # word pieces that lengths differ by: each new shape costs time and memory
_TOLD = 50  # steps between two lines of progress
_SAVED = 200  # steps between two savings


class Plan(NamedTuple):
    """What is trained on, from where, to where, and how; 0 minutes are one pass over all.

    ``base`` is the folder of MiniLM; without one the encoder is E5.
    """

    items: Path
    base: Path | None
    out: Path
    start: Path | None = None
    minutes: float = 0.0
    processes: int = 2
    seed: int = 1
    rate: float = 1e-4
    batch: int = 32


class Losses(NamedTuple):
    """Each unit by itself, the units beside each other, the outcome, the phrase."""

    each: Tensor
    listed: Tensor
    outcome: Tensor
    phrase: Tensor

    @property
    def total(self) -> Tensor:
        """What is made small."""
        return 0.5 * self.each + 0.5 * self.listed + self.outcome + 0.2 * self.phrase


def batch_of(some: Sequence[Row]) -> tuple[Tensor, Tensor, Tensor]:
    """Rows as ids, types and what is real, padded to the longest, in few shapes."""
    length = -(-max(len(row.ids) for row in some) // _STEP) * _STEP
    ids, typ, real = torch.zeros(3, len(some), length, dtype=torch.int64)
    for b, row in enumerate(some):
        size = len(row.ids)
        ids[b, :size] = torch.tensor(row.ids)
        typ[b, row.split : size] = 1
        real[b, :size] = 1
    return ids, typ, real


def losses_of(model: Encoder, some: Sequence[Row]) -> Losses:
    """What ``model`` gets wrong."""
    ids, typ, real = batch_of(some)
    with torch.autocast("cpu", torch.bfloat16):
        said = model(ids, typ, real)
    evidence, out, span = (one.float() for one in said)
    known, answer = torch.zeros_like(evidence), torch.zeros_like(evidence)
    for b, row in enumerate(some):
        known[b, row.real] = 1
        answer[b, row.gold] = 1
    each = F.binary_cross_entropy_with_logits(evidence, answer, reduction="none")
    each = ((each * known).sum(1) / known.sum(1).clamp(min=1).sqrt()).mean()
    listed = phrase = evidence.new_zeros(())
    if (has := answer.sum(1) > 0).any():
        of_all = evidence[has].masked_fill(known[has] == 0, -1e4).logsumexp(1)
        listed = (of_all - evidence[has].masked_fill(answer[has] == 0, -1e4).logsumexp(1)).mean()
    target = torch.tensor([row.target for row in some])
    weight = (target * torch.tensor(WEIGHTS)).sum(1)
    smooth = target * 0.98 + 0.005
    outcome = (-(smooth * out.log_softmax(-1)).sum(1) * weight).sum() / weight.sum()
    where = {b: row.phrase for b, row in enumerate(some) if row.phrase}
    if where:
        logits = span[list(where)].masked_fill((typ[list(where)] != 1)[..., None], -1e4)
        phrase = F.cross_entropy(logits, torch.tensor(list(where.values())))
    return Losses(each, listed, outcome, phrase)


def batches(data: Sequence[Row], plan: Plan) -> list[list[Row]]:
    """Rows of about the same length together, else in their order: passes follow each other."""
    chance, made = random.Random(plan.seed), []
    for first in range(0, len(data), plan.batch * _SORTED):
        part = sorted(data[first : first + plan.batch * _SORTED], key=lambda row: len(row.ids))
        some = [part[i : i + plan.batch] for i in range(0, len(part), plan.batch)]
        chance.shuffle(some)
        made += [one for one in some if len(one) >= plan.processes]
    return made


def averaged(learnt: Sequence[Tensor], processes: int) -> None:
    """Give each process the mean of all processes' gradients."""
    grads = [one.grad if one.grad is not None else torch.zeros_like(one) for one in learnt]
    flat = torch.cat([grad.flatten() for grad in grads]).bfloat16()
    dist.all_reduce(flat)
    parts = flat.float().div_(processes).split([one.numel() for one in learnt])
    for one, part in zip(learnt, parts, strict=True):
        one.grad = part.view_as(one)


def _work(rank: int, plan: Plan, meeting: str) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed + rank)
    if plan.processes > 1:
        dist.init_process_group(
            "gloo", init_method=f"file://{meeting}", rank=rank, world_size=plan.processes
        )
    base = english(plan.base) if plan.base else e5()
    model = Encoder(base)
    if plan.start:
        missing = model.load_state_dict(weights_in(plan.start), strict=False)
        assert missing == (["word.weight"], []), missing
    learnt = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(
        learnt, lr=plan.rate, weight_decay=0.01, fused=True, betas=(0.9, 0.98)
    )
    steps = batches(rows(from_lines(plan.items), base.special), plan)
    began, seen, mean = time.monotonic(), 0, None
    model.train()
    for step, some in enumerate(steps):
        spent = time.monotonic() - began
        done = max(step / len(steps), spent / (60 * plan.minutes) if plan.minutes else 0.0)
        if plan.processes > 1:  # all stop at once
            shared = torch.tensor([done])
            dist.broadcast(shared, 0)
            done = float(shared)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * min(1.0, (step + 1) / _WARM) * max(_LEAST, 1 - done)
        losses = losses_of(model, some[rank :: plan.processes])
        losses.total.backward()
        if plan.processes > 1:
            averaged(learnt, plan.processes)
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen += len(some)
        now = torch.stack(losses).detach()
        mean = now if mean is None else 0.97 * mean + 0.03 * now
        if rank == 0 and step % _TOLD == 0:
            told = " ".join(f"{n} {x:.3f}" for n, x in zip(Losses._fields, mean, strict=True))
            speed = f"{spent:.0f} s, {seen / (time.monotonic() - began):.1f} items/s"
            print(f"fit: step {step} of {len(steps)}, {speed}, {told}", flush=True)
        if rank == 0 and step % _SAVED == _SAVED - 1:
            torch.save(model.state_dict(), plan.out)
    if rank == 0:
        torch.save(model.state_dict(), plan.out)
        print(f"fit: {seen} items in {time.monotonic() - began:.0f} s: {plan.out}", flush=True)


def fit(plan: Plan) -> None:
    """Train as planned; the weights are written to ``plan.out``, now and then and at the end."""
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "meeting")
        if plan.processes > 1:
            multiprocessing.spawn(_work, (plan, meeting), nprocs=plan.processes)
        else:
            _work(0, plan, meeting)
