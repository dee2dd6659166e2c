sale = Reduced
quick-add = Add
quick-choose = Choose
opening-title = Few things, well chosen.
opening-text = See what is new. We deliver all over the country, with 14 days to return.
opening-button = See { $name }
