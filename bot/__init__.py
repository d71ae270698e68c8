"""Xiaoer (店小二): an in-game support chatbot framework."""
