#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Losses of four small networks over six Adam steps in PyTorch, for test_reference.c.

Run with Debian's python3-torch (1.13); prints C arrays. Weights, inputs and labels come from a hash
that the test computes too, in the engine's layouts: convolutions [H, W, C, OC], dense layers [K, N],
images N H W C, an LSTM's gates i f g o. The LSTM has one bias here: PyTorch's second one stays zero
and is not learnt, as two that are learnt would move twice as far.
"""
import numpy as np
import torch
import torch.nn.functional as F

N, STEPS, RATE = 8, 6, 0.01


def uniform(stream, count):
    i = np.arange(count, dtype=np.uint64)
    h = (i * 2654435761 + stream * 2246822519 + 374761393) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    return (h >> 8).astype(np.float32) * np.float32(2.0**-24)


class Parameters:
    """Drawn in the order in which they are asked for."""

    def __init__(self):
        self.all = []

    def __call__(self, *shape, one=False):
        bound = np.float32(0.25 if len(shape) > 1 else 0.05)
        u = uniform(len(self.all), int(np.prod(shape)))
        w = bound * (np.float32(2) * u - np.float32(1)) + np.float32(1 if one else 0)
        self.all.append(torch.nn.Parameter(torch.from_numpy(w.reshape(shape))))
        return self.all[-1]


def dense(p, k, n):
    w, b = p(k, n), p(n)
    return lambda x: x @ w + b


def norm(p, d):
    scale, shift = p(d, one=True), p(d)
    return lambda x: F.layer_norm(x, (d,), scale, shift)


def conv(p, c, oc):
    w, b = p(3, 3, c, oc), p(oc)
    return lambda x: F.conv2d(x, w.permute(3, 2, 0, 1), b)


def cnn(p):
    c1, c2, d1, d2 = conv(p, 3, 8), conv(p, 8, 16), dense(p, 144, 12), dense(p, 12, 2)

    def run(x):
        x = x.permute(0, 3, 1, 2)
        for c in (c1, c2):
            x = F.max_pool2d(F.relu(c(x)), 2)
        return d2(F.relu(d1(x.permute(0, 2, 3, 1).flatten(1))))
    return run


def ae(p):
    d1, d2 = dense(p, 32, 256), dense(p, 256, 32)
    return lambda x: torch.sigmoid(d2(F.relu(d1(x))))


def lstm(p):
    w, r, b = p(1, 6, 64), p(1, 16, 64), p(1, 64)
    d = dense(p, 16, 2)

    def run(x):
        h = c = torch.zeros(N, 16)
        for t in range(x.shape[1]):
            i, f, g, o = (x[:, t] @ w[0] + h @ r[0] + b[0]).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return d(h)
    return run


def block(p, d, heads):
    n1, qkv, out = norm(p, d), dense(p, d, 3 * d), dense(p, d, d)
    n2, f1, f2 = norm(p, d), dense(p, d, 2 * d), dense(p, 2 * d, d)

    def run(x):
        t = x.shape[1]
        q, k, v = qkv(n1(x)).view(N, t, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-2, -1) / (d // heads) ** 0.5, -1) @ v
        x = x + out(a.transpose(1, 2).reshape(N, t, d))
        return x + f2(F.gelu(f1(n2(x))))
    return run


def transformer(p):
    e, pos = dense(p, 6, 16), p(10, 16)
    blocks = [block(p, 16, 4) for _ in range(2)]
    n, d = norm(p, 16), dense(p, 16, 2)

    def run(x):
        x = e(x) + pos
        for b in blocks:
            x = b(x)
        return d(n(x).mean(1))
    return run


SHAPES = {"cnn": (20, 20, 3), "ae": (32,), "lstm": (12, 6), "transformer": (10, 6)}

for name, make in (("cnn", cnn), ("ae", ae), ("lstm", lstm), ("transformer", transformer)):
    p = Parameters()
    model = make(p)
    shape = SHAPES[name]
    u = uniform(1000, N * int(np.prod(shape)))
    x = u if name == "ae" else np.float32(2) * u - np.float32(1)
    x = torch.from_numpy(x.reshape((N,) + shape))
    y = torch.from_numpy((uniform(1001, N) > 0.5).astype(np.int64))
    adam = torch.optim.Adam(p.all, lr=RATE)
    losses = []
    for _ in range(STEPS):
        adam.zero_grad()
        loss = F.mse_loss(model(x), x) if name == "ae" else F.cross_entropy(model(x), y)
        loss.backward()
        losses.append(loss.item())
        adam.step()
    print("    {.name = \"%s\", .losses = {%s}}," % (name, ", ".join("%.7gF" % v for v in losses)))
