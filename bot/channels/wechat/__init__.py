"""The WeChat official account channel (docs/wechat.md): callbacks in, customer-service messages out."""
