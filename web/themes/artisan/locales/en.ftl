sale = Reduced
choices = { $n } × { $name }
made-by = Made by { $name }
about-product = The story of this piece
facts = Measures and care
related = By the same hand
workshop = The workshop
map = See on the map
letter-title = Made by hand, one piece at a time.
letter-text =
    Every piece that you see here went through few hands, and always the same ones. So there are few of them, and none is quite like another.
    If you look for something that is not here, write to us: we answer ourselves, and not a machine.
works = The pieces
making = How it is made
making-1 = We choose the material, and use only what we know.
making-2 = We work it with time, by hand, one piece at a time.
making-3 = We look at every piece before we wrap it, and send it within days.
commission = Would you like one of your own?
commission-text = We make pieces to order: a name on it, another colour, another size. Tell us what you have in mind, and we say what it costs and how long it takes.
commission-button = Talk to the workshop
