sale = Redução
quick-add = Adicionar
quick-choose = Escolher
opening-title = Poucas coisas, bem escolhidas.
opening-text = Conheça o que há de novo. Enviamos para todo o país, com 14 dias para devolver.
opening-button = Ver { $name }
