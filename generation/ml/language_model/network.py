"""A decoder-only Transformer (Vaswani et al. 2017) in the shape that ``transformers`` calls Llama, small enough to read.

Attention(Q, K, V) = softmax(QKᵀ / √d_k) V: the factor belongs inside. The dot product of two d_k-vectors with independent
entries of variance 1 has variance d_k, so without it the softmax saturates as heads grow; outside the softmax it would only
scale the output and leave the saturated weights as they are. Root-mean-square norms before each part (Zhang and
Sennrich 2019), rotary positions (Su et al. 2021), a gated feed-forward part (Shazeer 2020), one matrix for input and output
embeddings. Names and layout of the weights are those of ``LlamaForCausalLM``, so any program that reads that reads these.

B texts, T tokens, C channels, H heads, V vocabulary.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import LlamaConfig

Cache = list[tuple[Tensor, Tensor]]  # per layer keys and values of the tokens so far, each (B, H, T, C / H)


def configuration(
    *, vocabulary: int, channels: int, layers: int, heads: int, longest: int, first: int, end: int
) -> LlamaConfig:
    """The shape as ``transformers`` writes it to ``config.json``."""
    return LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=channels,
        intermediate_size=round(channels * 8 / 3 / 32) * 32 or 32,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=longest,
        rms_norm_eps=1e-6,
        tie_word_embeddings=True,
        bos_token_id=first,
        eos_token_id=end,
        architectures=["LlamaForCausalLM"],
    )


class RootMeanSquareNorm(nn.Module):
    """x / √mean(x²) · weight."""

    def __init__(self, channels: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


def attention(q: Tensor, k: Tensor, v: Tensor, past: int) -> Tensor:
    """softmax(QKᵀ / √d_k) V for (B, H, T, d_k), no token seeing a later one; ``past`` keys stand before the first query."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, past + T)
    later = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device).triu(past + 1)
    return scores.masked_fill(later, float("-inf")).softmax(-1) @ v


def rotated(x: Tensor, angles: Tensor) -> Tensor:
    """Each pair (i, i + d/2) of the last axis turned by the angle of its position, ``angles`` (T, d/2)."""
    a, b = x.chunk(2, -1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class SelfAttention(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        c = config.hidden_size
        self.heads = config.num_attention_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(c, c, bias=False) for _ in range(4))

    def forward(self, x: Tensor, angles: Tensor, past: tuple[Tensor, Tensor] | None) -> tuple[Tensor, ...]:
        B, T, C = x.shape
        q, k, v = (
            part(x).view(B, T, self.heads, -1).transpose(1, 2)
            for part in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = rotated(q, angles), rotated(k, angles)
        before = 0
        if past is not None:
            before = past[0].shape[2]
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        y = attention(q, k, v, before).transpose(1, 2).reshape(B, T, C)
        return self.o_proj(y), k, v


class FeedForward(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        c, wide = config.hidden_size, config.intermediate_size
        self.gate_proj, self.up_proj = nn.Linear(c, wide, bias=False), nn.Linear(c, wide, bias=False)
        self.down_proj = nn.Linear(wide, c, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class TransformerLayer(nn.Module):
    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.self_attn, self.mlp = SelfAttention(config), FeedForward(config)
        self.input_layernorm = RootMeanSquareNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RootMeanSquareNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, x: Tensor, angles: Tensor, past: tuple[Tensor, Tensor] | None) -> tuple[Tensor, ...]:
        y, k, v = self.self_attn(self.input_layernorm(x), angles, past)
        x = x + y
        return x + self.mlp(self.post_attention_layernorm(x)), k, v


class Decoder(nn.Module):
    """``model.*`` of the weights file: embedding, layers, last norm."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(TransformerLayer(config) for _ in range(config.num_hidden_layers))
        self.norm = RootMeanSquareNorm(config.hidden_size, config.rms_norm_eps)


class Transformer(nn.Module):
    """Token ids (B, T) → logits (B, T, V), with a cache of keys and values to go on from."""

    def __init__(self, config: LlamaConfig, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        self._initialize(generator)

    def _initialize(self, generator: torch.Generator | None) -> None:
        depth = math.sqrt(2 * self.config.num_hidden_layers)
        for name, weight in self.named_parameters():
            if weight.dim() < 2:
                continue
            std = 0.02 if "embed" in name else 0.6 / math.sqrt(weight.shape[1])
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                std /= depth
            nn.init.normal_(weight, std=std, generator=generator)

    def hidden(self, tokens: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        """What is known after each token, (B, T, C), and the cache with these tokens added."""
        past = cache[0][0].shape[2] if cache else 0
        angles = self._angles(past, tokens.shape[1]).to(tokens.device)
        x = self.model.embed_tokens(tokens)
        grown: Cache = []
        for i, layer in enumerate(self.model.layers):
            x, k, v = layer(x, angles, cache[i] if cache else None)
            grown.append((k, v))
        return self.model.norm(x), grown

    def logits(self, hidden: Tensor) -> Tensor:
        return hidden @ self.model.embed_tokens.weight.T

    def forward(self, tokens: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        hidden, cache = self.hidden(tokens, cache)
        return self.logits(hidden), cache

    def _angles(self, past: int, count: int) -> Tensor:
        d = self.config.hidden_size // self.config.num_attention_heads
        speed = 10_000.0 ** (-torch.arange(0, d, 2, dtype=torch.float32) / d)
        return torch.arange(past, past + count, dtype=torch.float32)[:, None] * speed  # (T, d / 2)
