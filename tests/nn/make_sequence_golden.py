#!/usr/bin/python3
"""Prints the expected arrays of test_lstm.c, test_gru.c, test_rnn.c, test_linear_recurrence.c, test_attention.c and
test_onnx_recurrent.c: PyTorch's answers, and those of formulas that PyTorch has not got.

Numbers come from a formula that the tests compute too (pattern() of tests/nn/recurrent.h), so that only
answers are stored. Written for PyTorch 1.13.1 (Debian 12, python3-torch).
"""
import torch

N, T, C, H = 2, 3, 2, 3


def pattern(stream, *dims):
    count = 1
    for d in dims:
        count *= d
    return torch.tensor([((i * 37 + stream * 53 + 11) % 101) / 101.0 - 0.5 for i in range(count)],
                        dtype=torch.float64).float().reshape(dims)


def show(name, tensor):
    numbers = ", ".join("%.7fF" % v for v in tensor.flatten().tolist())
    print("static const float %s[] = {%s};" % (name, numbers))


def recurrent(kind, gates, directions, biases, **options):
    """weights [D, C, G H] of pattern 1, recurrent [D, H, G H] of 2, bias [D, G H] of 3, states of 4 and 5"""
    net = getattr(torch.nn, kind)(C, H, batch_first=True, bidirectional=directions == 2, **options)
    weights, state = pattern(1, directions, C, gates * H), pattern(2, directions, H, gates * H)
    bias = pattern(3, directions, biases * gates * H)
    with torch.no_grad():
        for d, end in zip(range(directions), ("", "_reverse")):
            getattr(net, "weight_ih_l0" + end).copy_(weights[d].T)
            getattr(net, "weight_hh_l0" + end).copy_(state[d].T)
            getattr(net, "bias_ih_l0" + end).copy_(bias[d, :gates * H])
            getattr(net, "bias_hh_l0" + end).copy_(bias[d, gates * H:] if biases == 2 else torch.zeros(gates * H))
        h = pattern(4, N, directions * H).reshape(N, directions, H).transpose(0, 1).contiguous()
        c = pattern(5, N, directions * H).reshape(N, directions, H).transpose(0, 1).contiguous()
        y, last = net(pattern(0, N, T, C), (h, c) if kind == "LSTM" else h)
    last = last if kind == "LSTM" else (last,)
    return [y] + [l.transpose(0, 1).reshape(N, directions * H) for l in last]


def gates(gates, direction=0):
    """One direction's weights and what a recurrence by hand needs, in double precision."""
    weights, state = pattern(1, 1, C, gates * H)[direction].double(), pattern(2, 1, H, gates * H)[direction].double()
    return weights, state, pattern(3, 1, gates * H)[direction].double(), pattern(4, N, H).double(), pattern(0, N, T, C).double()


def gru_paper():
    """The formula of arXiv:1406.1078 (ONNX linear_before_reset = 0), which PyTorch has not got."""
    weights, state, bias, h, x = gates(3)
    steps = []
    for t in range(T):
        a = x[:, t] @ weights + bias
        r, z = (torch.sigmoid(a[:, k * H:(k + 1) * H] + h @ state[:, k * H:(k + 1) * H]) for k in range(2))
        n = torch.tanh(a[:, 2 * H:] + (r * h) @ state[:, 2 * H:])
        h = (1 - z) * n + z * h
        steps.append(h)
    return torch.stack(steps, 1)


def linear():
    """The formula of arXiv:1709.04057, without the activations around it."""
    weights, _, bias, h, x = gates(2)
    steps = []
    for t in range(T):
        a, v = torch.sigmoid(x[:, t] @ weights + bias)[:, :H], (x[:, t] @ weights + bias)[:, H:]
        h = a * h + (1 - a) * v
        steps.append(h)
    return torch.stack(steps, 1)


def attention(name, heads, causal=False, window=0, mask=None):
    """q, k, v [2, 5, 4] of patterns 0, 1, 2, each times 4"""
    q, k, v = (pattern(s, 2, 5, 4) * 4 for s in range(3))
    split = lambda x: x.reshape(2, 5, heads, 4 // heads).transpose(1, 2)
    scores = split(q) @ split(k).transpose(-2, -1) / (4 // heads) ** 0.5
    i, j = torch.arange(5)[:, None], torch.arange(5)[None, :]
    if causal:
        scores = scores.masked_fill(j > i, float("-inf"))
    if window:
        scores = scores.masked_fill((i - j).abs() > window, float("-inf"))
    if mask is not None:
        scores = scores.masked_fill(torch.tensor(mask)[:, None, None, :] == 0, float("-inf"))
    show(name, (torch.softmax(scores, -1) @ split(v)).transpose(1, 2).reshape(2, 5, 4))


def onnx(kind, order, **options):
    """Two directions, lengths 3 and 2, through PyTorch's packed sequences: X [3, 2, 2] of pattern 0, W [2, G 3, 2]
    of 1, R [2, G 3, 3] of 2, B [2, 2 G 3] of 3, initial_h [2, 2, 3] of 4, initial_c of 5."""
    gates = len(order)
    net = getattr(torch.nn, kind)(C, H, bidirectional=True, **options)
    rows = torch.cat([torch.arange(H) + H * g for g in order])
    w, r, b = pattern(1, 2, gates * H, C), pattern(2, 2, gates * H, H), pattern(3, 2, 2, gates * H)
    with torch.no_grad():
        for d, end in zip(range(2), ("", "_reverse")):
            getattr(net, "weight_ih_l0" + end).copy_(w[d][rows])
            getattr(net, "weight_hh_l0" + end).copy_(r[d][rows])
            getattr(net, "bias_ih_l0" + end).copy_(b[d, 0][rows])
            getattr(net, "bias_hh_l0" + end).copy_(b[d, 1][rows])
        x = torch.nn.utils.rnn.pack_padded_sequence(pattern(0, T, N, C), [3, 2])
        h, c = pattern(4, 2, N, H), pattern(5, 2, N, H)
        y, last = net(x, (h, c) if kind == "LSTM" else h)
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y)
    last = last if kind == "LSTM" else (last,)
    return [y.reshape(T, N, 2, H).transpose(1, 2)] + list(last)


def onnx_settings():
    """ONNX's LSTM by its text: clip 0.3, input_forget, peepholes of pattern 6, f = HardSigmoid(0.3, 0.4),
    g = ScaledTanh(1.5, 0.7), h = LeakyRelu(0.05); one direction, no bias, in double precision."""
    w, r, p = (t[0].double() for t in (pattern(1, 1, 4 * H, C), pattern(2, 1, 4 * H, H), pattern(6, 1, 3 * H)))
    x, h, c = pattern(0, T, N, C).double(), pattern(4, N, H).double(), pattern(5, N, H).double()
    clip = lambda v: v.clamp(-0.3, 0.3)
    f, g = lambda v: (0.3 * clip(v) + 0.4).clamp(0, 1), lambda v: 1.5 * torch.tanh(0.7 * clip(v))
    steps = []
    for t in range(T):
        i, o, _, n = (x[t] @ w.T + h @ r.T).split(H, 1)
        i = f(i + p[:H] * c)
        c = (1 - i) * c + i * g(n)
        h = f(o + p[H:2 * H] * c) * torch.nn.functional.leaky_relu(c, 0.05)
        steps.append(h)
    return torch.stack(steps)[:, None]


if __name__ == "__main__":
    for directions, end in ((1, ""), (2, "_both")):
        for name, tensor in zip(("y", "h", "c"), recurrent("LSTM", 4, directions, 1)):
            show("lstm_" + name + end, tensor)
        show("gru_y" + end, recurrent("GRU", 3, directions, 2)[0])
        show("rnn_y" + end, recurrent("RNN", 1, directions, 1)[0])
    show("rnn_y_relu", recurrent("RNN", 1, 1, 1, nonlinearity="relu")[0])
    show("gru_y_paper", gru_paper())
    show("linear_y", linear())
    attention("plain", 1)
    attention("two_heads", 2)
    attention("causal", 2, causal=True)
    attention("windowed", 2, window=1)
    attention("masked", 2, mask=[[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]])
    for kind, order in (("LSTM", (0, 2, 3, 1)), ("GRU", (1, 0, 2)), ("RNN", (0,))):
        for name, tensor in zip(("y", "h", "c"), onnx(kind, order)):
            show("onnx_%s_%s" % (kind.lower(), name), tensor)
    show("onnx_lstm_settings", onnx_settings())
