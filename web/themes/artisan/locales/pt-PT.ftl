sale = Redução
choices = { $n } × { $name }
made-by = Feito por { $name }
about-product = A história desta peça
facts = Medidas e cuidados
related = Da mesma mão
workshop = A oficina
map = Ver no mapa
letter-title = Feito à mão, uma peça de cada vez.
letter-text =
    Cada peça que aqui vê passou por poucas mãos, sempre as mesmas. Por isso há poucas, e por isso nenhuma é igual a outra.
    Se procura alguma coisa que não encontra, escreva-nos: respondemos nós, e não uma máquina.
works = As peças
making = Como se faz
making-1 = Escolhemos o material, e só usamos o que conhecemos.
making-2 = Trabalhamo-lo com tempo, à mão, uma peça de cada vez.
making-3 = Vemos cada peça antes de a embrulhar, e enviamo-la em poucos dias.
commission = Quer uma só para si?
commission-text = Fazemos peças por encomenda: um nome gravado, outra cor, outro tamanho. Conte-nos o que imagina e dizemos-lhe quanto custa e quanto demora.
commission-button = Falar com a oficina
