"""Measures the pipeline: `python -m bot.nlu.evaluation` (`make eval`) writes docs/nlu-report/."""
