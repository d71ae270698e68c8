"""What is counted, for Prometheus (/metrics)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

messages = Counter("xiaoer_messages", "Messages stored", ["author"])
answers = Histogram(
    "xiaoer_bot_answer_seconds",
    "From the claim of a player's message until the bot's answer is stored",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8),
)
brain_failures = Counter("xiaoer_brain_failures", "Turns that the brain did not answer")
refunds = Counter("xiaoer_refunds", "Refunds whose outcome became known", ["outcome"])
wechat_errors = Counter("xiaoer_wechat_errors", "Calls of WeChat's API that failed, by class", ["effect"])
surveys = Counter("xiaoer_satisfaction_surveys", "Players asked how their case went")
scores = Counter("xiaoer_satisfaction_scores", "Scores that players gave", ["aspect", "score"])
sockets = Gauge("xiaoer_chat_sockets", "Open chat sockets")
desk_sockets = Gauge("xiaoer_desk_sockets", "Open desk sockets")
requests = Histogram("xiaoer_http_request_seconds", "HTTP requests", ["method", "route", "status"])
