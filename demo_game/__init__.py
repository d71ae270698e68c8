"""A demo game: what a studio's own game server does for Xiaoer, small enough to read in one sitting."""
