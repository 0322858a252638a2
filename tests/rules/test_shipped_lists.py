"""What do the shipped lists keep and drop?"""

from __future__ import annotations

import pytest

from joytag_core import SettingError, TagFilter, Vocabulary
from joytag_core.rules.library import SHIPPED, Library

SHIPPED_NAMES = (
    "anima", "background", "character-lora", "illustrious", "no-names", "outfit", "photo", "pony", "pose", "prompt",
    "sfw", "style-lora",
)  # fmt: skip

DROPS_AND_KEEPS = {
    "prompt": (
        """signature artist_name watermark web_address twitter_username patreon_username dated english_text chinese_text
        speech_bubble thought_bubble spoken_heart sound_effects copyright_name character_name logo subtitled
        2015 2021 commission skeb_commission paid_reward fanbox_reward photoshop_(medium) paint.net_(medium) scan
        jpeg_artifacts official_art third-party_edit bad_anatomy bad_hands tall_image resized upscaled artbook
        namesake trait_connection voice_actor_connection official_style cropped unfinished screencap_redraw ? !""",
        """1girl solo long_hair blue_eyes smile :d ^_^ school_uniform sky outdoors standing holding_sword touhou
        saber_(fate) kantoku watercolor_(medium) traditional_media sketch monochrome chibi realistic pixel_art
        musical_note treble_clef barcode comic upper_body from_above christmas cosplay nude parody lens_flare""",
    ),
    "character-lora": (
        """long_hair short_hair blonde_hair multicolored_hair twintails ahoge bangs hair_between_eyes sidelocks
        blue_eyes heterochromia slit_pupils tsurime eyelashes mole_under_eye freckles facial_mark scar_on_face fang
        thick_eyebrows beard large_breasts flat_chest dark_skin pale_skin muscular abs curvy tattoo wide_hips
        animal_ears cat_ears tail fox_tail horns wings halo pointy_ears elf cat_girl demon_girl mature_female
        light_brown_hair breasts""",
        """1girl solo 2girls magical_girl smile blush :d open_mouth closed_eyes one_eye_closed half-closed_eyes
        heart-shaped_pupils tears wet_hair messy_hair hair_down floating_hair shirt skirt school_uniform thighhighs
        hat hair_ornament hair_ribbon glasses earrings gloves sitting standing hand_in_hair adjusting_hair
        looking_at_viewer cleavage navel sweat nail_polish tail_wagging outdoors sky from_above monochrome
        dark_magician_girl saber_(fate)""",
    ),
    "style-lora": (
        """kantoku tony_taka monochrome greyscale sketch lineart flat_color watercolor_(medium) traditional_media
        photoshop_(medium) pixel_art chibi realistic 3d 1990s_(style) retro_artstyle halftone hatching_(texture)
        anime_coloring limited_palette chromatic_aberration film_grain depth_of_field bokeh blurry lens_flare
        style_parody signature watermark artist_name official_art 2020 faux_traditional_media oekaki""",
        """1girl long_hair blue_eyes smile shirt skirt sitting sky outdoors sunlight moonlight shadow backlighting
        reflection smoke steam sparkle glowing explosion silhouette english_text speech_bubble comic upper_body
        from_above saber_(fate) touhou light_rays night window holding_sword silhouette""",
    ),
    "no-names": (
        """hatsune_miku saber_(fate) pikachu touhou fate_(series) original kantoku tony_taka vocaloid pokemon
        hakurei_reimu_(cosplay) rem_(re:zero) re:zero_kara_hajimeru_isekai_seikatsu link""",
        """1girl long_hair pokemon_(creature) cosplay virtual_youtuber maid school_uniform kita_high_school_uniform
        parody photoshop_(medium) gem smile halloween""",
    ),
    "outfit": (
        """1girl solo long_hair blue_eyes smile large_breasts sitting standing holding_sword sky outdoors nude sex
        nipples cat_ears tail saber_(fate) touhou monochrome from_above signature skirt_lift shirt_pull undressing
        pantyshot cum sword""",
        """shirt white_shirt skirt pleated_skirt dress school_uniform serafuku kimono bikini panties bra thighhighs
        pantyhose socks boots high_heels barefoot hat hair_ribbon hairband witch_hat glasses gloves necktie choker
        earrings bag open_jacket torn_clothes off_shoulder see-through no_bra maid miko nurse playboy_bunny lipstick
        nail_polish red_nails naked_apron cosplay fake_animal_ears""",
    ),
    "pose": (
        """1girl long_hair blue_eyes smile blush shirt skirt hat glasses sky outdoors simple_background nude nipples
        cum penis saber_(fate) touhou monochrome signature large_breasts weapon cat_ears comic 4koma music battle""",
        """sitting standing lying kneeling on_back arms_up hand_on_hip v crossed_arms spread_legs wariza squatting
        holding_sword holding_hands hug kiss running jumping eating looking_at_viewer looking_back eye_contact
        from_above from_behind upper_body full_body cowboy_shot close-up profile dutch_angle pov closed_eyes
        open_mouth doggystyle girl_on_top cowgirl_position \\m/""",
    ),
    "background": (
        """1girl solo long_hair smile shirt skirt sitting holding_sword nude saber_(fate) touhou monochrome comic
        signature upper_body weapon sword gun cat bird looking_at_viewer hat glasses food cake cup""",
        """outdoors indoors sky blue_sky cloud night day sunset rain snow beach ocean forest tree grass city building
        classroom bedroom kitchen window white_background simple_background gradient_background scenery moon
        star_(sky) sunlight moonlight light_rays depth_of_field blurry_background bed pillow couch chair table desk
        curtains bookshelf lamp lantern flower cherry_blossoms falling_petals potted_plant car train bicycle
        no_humans""",
    ),
    "sfw": (
        """nude nipples penis pussy anus sex vaginal fellatio cum cum_on_body masturbation bdsm bondage naked_apron
        topless bottomless no_bra no_panties panties white_panties bra black_bra lingerie underwear thong pantyshot
        upskirt skirt_lift shirt_lift panty_pull undressing see-through cameltoe areola_slip convenient_censoring
        censored mosaic_censoring ass ass_focus sideboob spread_legs breast_grab breast_press ahegao micro_bikini
        pubic_tattoo futanari hand_between_legs covering_breasts revealing_clothes""",
        """1girl solo long_hair smile blush breasts large_breasts cleavage navel midriff thighs bare_shoulders
        bikini swimsuit school_swimsuit one-piece_swimsuit sports_bra leotard thighhighs pantyhose skirt shirt dress
        sitting standing leg_lift bunny_pose holding_hands kiss hug drunk sweat wet_clothes torn_clothes open_jacket
        barefoot feet armpits sky blood sword glasses grass playboy_bunny""",
    ),
}


@pytest.mark.parametrize("name", DROPS_AND_KEEPS)
def test_shipped_lists_drop_what_they_are_for(name: str) -> None:
    """Each list drops a few dozen typical tags and keeps a few dozen that it must not touch."""
    drops, keeps = (text.split() for text in DROPS_AND_KEEPS[name])
    result = TagFilter(lists=name, spaces=False, target="caption").apply(", ".join([*drops, *keeps]))

    assert [] == [tag for tag in drops if tag in result.tags]
    assert [] == [tag for tag in keeps if tag not in result.tags]


def test_typical_tags_of_the_list_tests_exist() -> None:
    """The tables above speak of real tags, so that a slip of the pen cannot pass."""
    names = {tag for sides in DROPS_AND_KEEPS.values() for side in sides for tag in side.split()}

    assert [] == sorted(name for name in names if name.replace("\\\\", "\\") not in Vocabulary.joytag())


PLAIN_WORDS = {
    "1girl": "woman", "1boy": "man", "2girls": "two women", "multiple_girls": "group of women",
    "no_humans": "no people",
    "twintails": "pigtails", "ahoge": "stray hair", ":d": "broad smile", "^_^": "smiling with closed eyes",
    ">_<": "eyes squeezed shut", ":q": "tongue out", "@_@": "wide eyes", "serafuku": "sailor school uniform",
    "thighhighs": "thigh-high stockings", "pantyhose": "tights", "looking_at_viewer": "looking at the camera",
    "v": "peace sign", "seiza": "kneeling upright", "cowboy_shot": "three-quarter shot", "from_below": "low angle shot",
    "depth_of_field": "shallow depth of field", "monochrome": "black and white photo",
    "simple_background": "plain background",
}  # fmt: skip
NO_CAMERA = """
solo anime_coloring chibi speech_bubble comic 4koma signature watercolor_(medium) lineart heart spoken_heart
blank_eyes kantoku fang hair_intakes virtual_youtuber :| zoom_layer"""
PLAIN_ALREADY = """
long_hair smile sky sitting rain sunlight lens_flare film_grain glasses touhou wet bikini hat woman night
holding_cup city dog"""


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        *PLAIN_WORDS.items(),
        *((tag, "") for tag in NO_CAMERA.split()),
        *((tag, tag.replace("_", " ")) for tag in PLAIN_ALREADY.split()),
    ],
)
def test_the_photo_list_speaks_plain_words(tag: str, expected: str) -> None:
    """Words of anime boards become plain ones, and what no camera takes goes."""
    assert expected == TagFilter(lists="photo").apply(tag).text


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_shipped_lists_have_no_dead_lines(name: str) -> None:
    """Every name in a shipped list that looks like a tag of the vocabulary is one, or is known from other taggers."""
    vocabulary, strangers = Vocabulary.joytag(), []
    rules = Library().find(name)
    for line in rules.section("exclude", "keep only", "protect").splitlines():
        words = [] if line.startswith("#") else [word.strip().removeprefix("!") for word in line.split(",")]
        strangers += [word for word in words if word and not set(word) & set("*/:@<") and word not in vocabulary]

    assert FROM_OTHER_TAGGERS >= set(strangers)


FROM_OTHER_TAGGERS = {
    "helicopter", "truck", "office desk", "centaur",
    *(word for line in (SHIPPED / f"{name}.txt" for name in ("sfw", "prompt", "style-lora", "character-lora"))
      for words in line.read_text(encoding="utf-8").partition("people")[2].splitlines()
      for word in (text.strip().removeprefix("!") for text in words.split(","))),
}  # fmt: skip
"""Names that the vocabulary does not know, and all of the lines for the words of people."""

WORDS_OF_PEOPLE = {
    "sfw": (
        "nsfw, explicit, rating_explicit, rating:explicit, hentai, naked, lewd, ecchi, naked girl, nude woman, "
        "rating: explicit, rating:q, 18+, R-18, sexy",
        "rating_safe, rating: safe, rating, rating:s, safe, sfw, sexy dress code, explicitly not, girl, swimwear, hug",
    ),
    "prompt": (
        "2023, 1999, year 2023, 2010s, highres, absurdres, english commentary, commentary request, bad pixiv id, "
        "text, japanese text",
        "masterpiece, best quality, score_9, 1girl, 12345, year of the dragon, hat, newest",
    ),
    "no-names": (
        "some_girl_(fate), my oc (genshin impact), girl_9_(touhou), artist:wlop, @ask, by kantoku",
        "some_girl_(school), dress_(red), wlop, 1girl, girl",
    ),
    "style-lora": (
        "watercolor, oil painting, anime style, ghibli style, in the style of van gogh, artist:wlop, @ask, by kantoku, "
        "line art, digital art, cel-shaded, photorealistic",
        "long hair, hairstyle, lifestyle, paint bucket, water, ink bottle, smile, sunlight, girl",
    ),
    "character-lora": (
        "blonde, blue-eyed, red-haired, green eyed, brunette, redhead, long blonde hair, tiger girl, cat boys, elf boy",
        "office girl, gothic girl, girl, cool boy, wide-eyed, smile, blue dress, red, blue, hat, eyes closed",
    ),
}


@pytest.mark.parametrize("name", WORDS_OF_PEOPLE)
def test_shipped_lists_know_the_words_of_people(name: str) -> None:
    """Each list does what its name says for words that JoyTag does not know, and leaves those beside them."""
    drops, keeps = (text.split(", ") for text in WORDS_OF_PEOPLE[name])
    result = TagFilter(lists=name, spaces=False, target="caption").apply(", ".join([*drops, *keeps]))

    assert [] == [tag for tag in drops if tag in result.tags]
    assert [] == [tag for tag in keeps if tag not in result.tags]


MIXED = "sky, 1girl, touhou, tony_taka, hakurei_reimu, score_9, bunny_ears, (masterpiece:1.2), newest"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anima", "score_9, (masterpiece:1.2), newest, 1girl, hakurei reimu, touhou, @tony taka, rabbit ears, sky"),
        ("pony", "score_9, (masterpiece:1.2), newest, 1girl, hakurei reimu, touhou, by tony taka, bunny ears, sky"),
        (
            "illustrious",
            "score_9, (masterpiece:1.2), newest, 1girl, hakurei reimu, touhou, tony taka, rabbit ears, sky",
        ),
    ],
)
def test_presets_set_what_a_model_wants(name: str, expected: str) -> None:
    """Order, style of artists, underscores and names are the target model's; nothing is dropped."""
    assert expected == TagFilter(lists=name).apply(MIXED).text
    assert expected == TagFilter(base_model=name).apply(MIXED).text


def test_a_base_model_goes_with_lists() -> None:
    """And a setting of one's own is stronger than it; without one, nothing is changed."""
    assert "1girl, @tony taka" == TagFilter(base_model="anima", lists="sfw").apply("tony_taka, nude, 1girl").text
    assert "by tony taka" == TagFilter(base_model="anima", artist_style="by").apply("tony_taka").text
    assert "tony taka, 1girl" == TagFilter(base_model="any").apply("tony_taka, 1girl").text
    with pytest.raises(SettingError, match="base_model is 'sdxl'; expected one of any, anima, pony, illustrious"):
        TagFilter(base_model="sdxl")


def test_all_shipped_lists_are_there() -> None:
    """The lists of the reference page, and no others."""
    assert SHIPPED_NAMES == Library().names()
    assert all((SHIPPED / f"{name}.txt").read_text(encoding="utf-8").startswith("# ") for name in SHIPPED_NAMES)
