"""A stand-in for the WeChat platform: what an official account's server talks to, on 127.0.0.1."""
