"""Refunds: facts, policy, approval, and the saga that carries one out at most once."""
