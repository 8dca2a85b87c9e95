def raconter(c): pass
