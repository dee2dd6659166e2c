//! Goods for the demo store: what a visitor finds on its shelves.

pub mod drawings;
mod painter;

pub use painter::paint;

use painter::Part;

pub struct DemoCategory {
    pub slug: &'static str,
    pub name: &'static str,
    pub text: &'static str,
}

/// A product in as many variants as its options have combinations, all at one price.
pub struct Good {
    pub slug: &'static str,
    pub title: &'static str,
    pub vendor: &'static str,
    /// A slug of [`CATEGORIES`].
    pub category: &'static str,
    pub tags: &'static [&'static str],
    pub text: &'static str,
    pub options: &'static [(&'static str, &'static [&'static str])],
    pub sku: &'static str,
    /// Minor units.
    pub price: i64,
    pub compare_at: Option<i64>,
    pub weight_grams: i32,
    /// Of the first variant; each further one has two less.
    pub stock: i64,
    pub drawing: fn() -> Vec<Part>,
    /// What the drawing shows.
    pub alt: &'static str,
}

impl Good {
    /// Every combination of option values, the last option changing fastest.
    pub fn choices(&self) -> Vec<Vec<&'static str>> {
        let mut choices = vec![Vec::new()];
        for (_, values) in self.options {
            choices = choices
                .iter()
                .flat_map(|start| {
                    values
                        .iter()
                        .map(|value| [start.as_slice(), &[*value]].concat())
                })
                .collect();
        }
        choices
    }
}

pub const CATEGORIES: [DemoCategory; 4] = [
    DemoCategory {
        slug: "replicas",
        name: "Réplicas",
        text: "<p>Elétricas, a gás e de mola, afinadas na nossa oficina.</p>",
    },
    DemoCategory {
        slug: "protecao",
        name: "Proteção",
        text: "<p>Primeiro a segurança: óculos, máscaras e capacetes.</p>",
    },
    DemoCategory {
        slug: "vestuario",
        name: "Vestuário",
        text: "<p>Roupa que aguenta um dia inteiro no campo.</p>",
    },
    DemoCategory {
        slug: "acessorios",
        name: "Acessórios",
        text: "<p>Carregadores, munições e o que mais faz falta.</p>",
    },
];

pub const GOODS: [Good; 12] = [
    Good {
        slug: "m4-aeg",
        title: "Carabina M4 AEG",
        vendor: "Specna",
        category: "replicas",
        tags: &["elétrica", "iniciação"],
        text: "<p>Uma carabina <strong>elétrica</strong> para quem começa e para quem não quer parar.</p><ul><li>Corpo em polímero reforçado</li><li>Caixa de engrenagens V2</li><li>350 fps com BBs de 0,20 g</li></ul>",
        options: &[("Cor", &["Preto", "Tan"])],
        sku: "M4-AEG",
        price: 18_990,
        compare_at: None,
        weight_grams: 2_450,
        stock: 12,
        drawing: drawings::carbine,
        alt: "Carabina M4 vista de lado",
    },
    Good {
        slug: "pistola-g17",
        title: "Pistola G17 GBB",
        vendor: "Umarex",
        category: "replicas",
        tags: &["gás"],
        text: "<p>Pistola a gás com <em>blowback</em>: a corrediça recua a cada disparo.</p>",
        options: &[],
        sku: "G17-GBB",
        price: 12_950,
        compare_at: Some(14_950),
        weight_grams: 720,
        stock: 9,
        drawing: drawings::pistol,
        alt: "Pistola preta vista de lado",
    },
    Good {
        slug: "espingarda-de-mola",
        title: "Espingarda de precisão de mola",
        vendor: "Novritsch",
        category: "replicas",
        tags: &["mola", "precisão"],
        text: "<p>De ferrolho, silenciosa e certeira. Para jogar com paciência.</p>",
        options: &[],
        sku: "SSG-10",
        price: 24_900,
        compare_at: None,
        weight_grams: 3_100,
        stock: 4,
        drawing: drawings::rifle,
        alt: "Espingarda de precisão com mira telescópica",
    },
    Good {
        slug: "oculos-de-protecao",
        title: "Óculos de proteção balística",
        vendor: "Bollé",
        category: "protecao",
        tags: &["obrigatório"],
        text: "<p>Lente de policarbonato antiembaciamento, conforme a <strong>EN 166</strong>.</p>",
        options: &[("Lente", &["Transparente", "Fumada"])],
        sku: "OC-166",
        price: 1_990,
        compare_at: Some(2_990),
        weight_grams: 95,
        stock: 40,
        drawing: drawings::goggles,
        alt: "Óculos de proteção com fita elástica",
    },
    Good {
        slug: "mascara-de-rede",
        title: "Máscara de rede",
        vendor: "Emerson",
        category: "protecao",
        tags: &["obrigatório"],
        text: "<p>Protege a boca e o queixo e deixa respirar.</p>",
        options: &[("Cor", &["Preto", "Verde"])],
        sku: "MR-01",
        price: 1_450,
        compare_at: None,
        weight_grams: 160,
        stock: 25,
        drawing: drawings::mask,
        alt: "Máscara de rede metálica para a metade inferior da cara",
    },
    Good {
        slug: "capacete-fast",
        title: "Capacete FAST",
        vendor: "Emerson",
        category: "protecao",
        tags: &["calhas"],
        text: "<p>Leve, com calhas laterais e fixação para câmara.</p>",
        options: &[("Cor", &["Preto", "Tan"]), ("Tamanho", &["M", "L"])],
        sku: "FAST",
        price: 5_490,
        compare_at: None,
        weight_grams: 680,
        stock: 6,
        drawing: drawings::helmet,
        alt: "Capacete com calha lateral",
    },
    Good {
        slug: "t-shirt-tecnica",
        title: "T-shirt técnica",
        vendor: "Helikon",
        category: "vestuario",
        tags: &["verão"],
        text: "<p>Seca depressa e não prende os movimentos.</p>",
        options: &[
            ("Cor", &["Verde", "Preto"]),
            ("Tamanho", &["S", "M", "L", "XL"]),
        ],
        sku: "TS-TEC",
        price: 2_290,
        compare_at: None,
        weight_grams: 170,
        stock: 14,
        drawing: drawings::shirt,
        alt: "T-shirt verde",
    },
    Good {
        slug: "luvas-taticas",
        title: "Luvas táticas",
        vendor: "Mechanix",
        category: "vestuario",
        tags: &[],
        text: "<p>Palma reforçada, dedos que ainda sentem o gatilho.</p>",
        options: &[("Tamanho", &["S", "M", "L"])],
        sku: "LV-01",
        price: 2_750,
        compare_at: None,
        weight_grams: 120,
        stock: 18,
        drawing: drawings::glove,
        alt: "Luva com palma reforçada",
    },
    Good {
        slug: "bone-de-campo",
        title: "Boné de campo",
        vendor: "Helikon",
        category: "vestuario",
        tags: &["verão"],
        text: "<p>Com painel de velcro para emblemas.</p>",
        options: &[],
        sku: "BN-01",
        price: 1_690,
        compare_at: None,
        weight_grams: 90,
        stock: 30,
        drawing: drawings::cap,
        alt: "Boné castanho",
    },
    Good {
        slug: "carregador-m4",
        title: "Carregador M4 de 120 BBs",
        vendor: "Specna",
        category: "acessorios",
        tags: &["elétrica"],
        text: "<p>Mid-cap: alimenta sem dar à roda. Serve nas carabinas da série M4.</p>",
        options: &[],
        sku: "MAG-120",
        price: 1_190,
        compare_at: None,
        weight_grams: 140,
        stock: 60,
        drawing: drawings::magazine,
        alt: "Carregador curvo",
    },
    Good {
        slug: "bbs-biodegradaveis",
        title: "BBs biodegradáveis, 1 kg",
        vendor: "BLS",
        category: "acessorios",
        tags: &["consumíveis"],
        text: "<p>Polidas, de 5,95 mm, e desaparecem do campo sozinhas.</p>",
        options: &[("Peso", &["0,20 g", "0,25 g", "0,28 g"])],
        sku: "BB-BIO",
        price: 1_390,
        compare_at: None,
        weight_grams: 1_050,
        stock: 100,
        drawing: drawings::bottle,
        alt: "Garrafa de esferas brancas",
    },
    Good {
        slug: "lanterna-tatica",
        title: "Lanterna tática de 800 lúmenes",
        vendor: "Nuprol",
        category: "acessorios",
        tags: &["calhas"],
        text: "<p>Alumínio, recarregável, com suporte para calha de 20 mm.</p>",
        options: &[],
        sku: "LT-800",
        price: 3_990,
        compare_at: Some(4_990),
        weight_grams: 130,
        stock: 15,
        drawing: drawings::torch,
        alt: "Lanterna de alumínio",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_good_stands_in_a_category_and_has_a_picture_of_its_own() {
        let mut pictures = Vec::new();
        for good in &GOODS {
            assert!(
                CATEGORIES
                    .iter()
                    .any(|category| category.slug == good.category)
            );
            let picture = paint(&(good.drawing)());
            assert!(!pictures.contains(&picture), "{}", good.slug);
            pictures.push(picture);
        }
    }

    #[test]
    fn options_make_every_choice_once() {
        let shirt = GOODS
            .iter()
            .find(|good| good.slug == "t-shirt-tecnica")
            .unwrap();
        let choices = shirt.choices();
        assert_eq!(
            (choices.len(), choices[1].as_slice()),
            (8, &["Verde", "M"][..])
        );
        let pistol = GOODS
            .iter()
            .find(|good| good.slug == "pistola-g17")
            .unwrap();
        assert_eq!(pistol.choices(), [Vec::<&str>::new()]);
    }
}
