"""Who writes: players, WeChat followers, and how the two become one."""
