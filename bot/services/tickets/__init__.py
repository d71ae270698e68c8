"""Cases that are not solved at once: number, promise, steps, history, the desk's view."""
