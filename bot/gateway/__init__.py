"""The gateway process: channels, desk, pages and jobs in one aiohttp application."""
