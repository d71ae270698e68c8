"""The rules of refunds: what is known about a wish, what the policy makes of it, how it is carried out."""
