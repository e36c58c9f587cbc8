// Emoji by short name: a drawing of our own for the common ones, the unicode character for the rest.

import { drawing, h } from "./dom.js";

const DRAWN = new Set(
  (
    "pushpin warning rotating_light white_check_mark x hourglass fire eyes +1 -1 tada heart rocket memo books book " +
    "page_facing_up clipboard link bookmark bulb mag bell loudspeaker wrench hammer_and_wrench gear lock bar_chart calendar clock " +
    "stopwatch speech_balloon wave pray clap muscle star no_entry octagonal_sign red_circle large_orange_circle large_yellow_circle " +
    "large_green_circle large_blue_circle white_circle black_circle fire_extinguisher seedling thinking_face slightly_smiling_face " +
    "arrow_right arrow_left arrows_counterclockwise heavy_check_mark ballot_box_with_check black_square_button information_source " +
    "question exclamation chart_with_upwards_trend chart_with_downwards_trend construction busts_in_silhouette bust_in_silhouette " +
    "four_leaf_clover 100 adhesive_bandage checkered_flag leftwards_arrow_with_hook fast_forward notebook inbox_tray"
  ).split(" "),
);

const ALIASES = {
  thumbsup: "+1",
  thumbsdown: "-1",
  hourglass_flowing_sand: "hourglass",
  round_pushpin: "pushpin",
  heavy_multiplication_x: "x",
  open_book: "book",
  mag_right: "mag",
  bulb_on: "bulb",
  stop_sign: "octagonal_sign",
  large_red_circle: "red_circle",
  orange_circle: "large_orange_circle",
  yellow_circle: "large_yellow_circle",
  green_circle: "large_green_circle",
  blue_circle: "large_blue_circle",
  large_white_circle: "white_circle",
  large_black_circle: "black_circle",
  spiral_calendar_pad: "calendar",
  date: "calendar",
  clock1: "clock",
  clock3: "clock",
  clock12: "clock",
  timer_clock: "stopwatch",
  thinking: "thinking_face",
  mega: "loudspeaker",
  loud_sound: "loudspeaker",
  hammer: "wrench",
  tools: "hammer_and_wrench",
  lock_with_ink_pen: "lock",
  no_entry_sign: "no_entry",
  pencil: "memo",
  spiral_note_pad: "clipboard",
  arrows_clockwise: "arrows_counterclockwise",
  rewind: "arrow_left",
  "point_right::skin-tone-2": "point_right",
  grey_question: "question",
  grey_exclamation: "exclamation",
  closed_book: "books",
};

const UNICODE = Object.fromEntries(
  `pushpin 📌|warning ⚠️|rotating_light 🚨|white_check_mark ✅|x ❌|hourglass ⏳|fire 🔥|eyes 👀|+1 👍|-1 👎|tada 🎉|heart ❤️
rocket 🚀|memo 📝|books 📚|book 📖|page_facing_up 📄|clipboard 📋|link 🔗|bookmark 🔖|bulb 💡|mag 🔍|bell 🔔|no_bell 🔕|loudspeaker 📢|wrench 🔧
hammer_and_wrench 🛠️|gear ⚙️|lock 🔒|unlock 🔓|key 🔑|bar_chart 📊|calendar 📅|clock 🕐|stopwatch ⏱️|alarm_clock ⏰|watch ⌚|speech_balloon 💬
wave 👋|pray 🙏|clap 👏|muscle 💪|star ⭐|star2 🌟|sparkles ✨|no_entry ⛔|octagonal_sign 🛑|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡
large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|white_large_square ⬜|black_large_square ⬛|red_square 🟥
fire_extinguisher 🧯|fire_engine 🚒|ambulance 🚑|police_car 🚓|helmet_with_white_cross ⛑️|seedling 🌱|thinking_face 🤔|slightly_smiling_face 🙂|smile 😄
smiley 😃|grinning 😀|grin 😁|joy 😂|rofl 🤣|wink 😉|blush 😊|heart_eyes 😍|sweat_smile 😅|sweat 😓|cry 😢|sob 😭|scream 😱|confused 😕|worried 😟|neutral_face 😐
relieved 😌|sleeping 😴|exploding_head 🤯|face_with_rolling_eyes 🙄|nerd_face 🤓|sunglasses 😎|facepalm 🤦|shrug 🤷|skull 💀|ghost 👻|robot_face 🤖
ok_hand 👌|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|raised_hands 🙌|raised_hand ✋|handshake 🤝|crossed_fingers 🤞|v ✌️|metal 🤘
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrows_counterclockwise 🔄|repeat 🔁|fast_forward ⏩|heavy_check_mark ✔️|ballot_box_with_check ☑️
black_square_button 🔲|information_source ℹ️|question ❓|exclamation ❗|bangbang ‼️|heavy_plus_sign ➕|heavy_minus_sign ➖|recycle ♻️|sos 🆘|ok 🆗|new 🆕|up 🆙|cool 🆒
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|construction 🚧|construction_worker 👷|busts_in_silhouette 👥|bust_in_silhouette 👤|four_leaf_clover 🍀|100 💯
zap ⚡|boom 💥|bomb 💣|collision 💥|snowflake ❄️|cloud ☁️|sunny ☀️|partly_sunny ⛅|umbrella ☔|rainbow 🌈|ocean 🌊|droplet 💧|earth_africa 🌍|globe_with_meridians 🌐
computer 💻|desktop_computer 🖥️|floppy_disk 💾|package 📦|electric_plug 🔌|battery 🔋|satellite_antenna 📡|telephone_receiver 📞|phone ☎️|iphone 📱|email 📧|envelope ✉️|inbox_tray 📥
outbox_tray 📤|file_folder 📁|open_file_folder 📂|card_index 📇|card_file_box 🗃️|file_cabinet 🗄️|wastebasket 🗑️|scroll 📜|label 🏷️|paperclip 📎|scissors ✂️|triangular_flag_on_post 🚩|checkered_flag 🏁
adhesive_bandage 🩹|leftwards_arrow_with_hook ↩️|notebook 📓|shield 🛡️|mag_right 🔎|microscope 🔬|telescope 🔭|test_tube 🧪|thermometer 🌡️|bug 🐛|ant 🐜|turtle 🐢|snail 🐌|rabbit 🐇|unicorn_face 🦄|coffee ☕|tea 🍵|pizza 🍕|cake 🍰|beer 🍺|trophy 🏆|medal 🏅
house 🏠|office 🏢|hospital 🏥|world_map 🗺️|compass 🧭|anchor ⚓|ship 🚢|airplane ✈️|car 🚗|train 🚆|traffic_light 🚦|vertical_traffic_light 🚦|mute 🔇|musical_note 🎵|dart 🎯|game_die 🎲|gift 🎁|balloon 🎈
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣|keycap_ten 🔟|red_heart ❤️|green_heart 💚|blue_heart 💙|yellow_heart 💛|broken_heart 💔`
    .split(/[|\n]/)
    .map((pair) => pair.split(" ")),
);

const BY_CHARACTER = new Map(
  Object.entries(UNICODE)
    .filter(([name]) => DRAWN.has(name))
    .map(([name, c]) => [c.replace("\uFE0F", ""), name]),
);
const CHARACTERS = new RegExp(`(${[...BY_CHARACTER.keys()].map((c) => `${c}\\uFE0F?`).join("|")})`, "u");

/** What the reaction picker and `:` completion offer first. */
export const QUICK = ["pushpin", "eyes", "white_check_mark"];
export const PICKER = [
  "pushpin",
  "eyes",
  "white_check_mark",
  "+1",
  "fire",
  "x",
  "warning",
  "rotating_light",
  "hourglass",
  "tada",
  "heart",
  "rocket",
  "bulb",
  "mag",
  "wrench",
  "question",
  "pray",
  "clap",
  "muscle",
  "thinking_face",
  "wave",
  "100",
  "-1",
  "four_leaf_clover",
];

const plain = (name) => {
  const bare = name.replace(/::skin-tone-\d$/, "");
  return ALIASES[bare] ?? bare;
};

export const isEmoji = (name) => plain(name) in UNICODE;

/** Up to `most` names that contain `part`, those that begin with it first. */
export function emojiNames(part, most = 8) {
  const all = Object.keys(UNICODE);
  const starts = all.filter((name) => name.startsWith(part));
  return [...starts, ...all.filter((name) => !name.startsWith(part) && name.includes(part))].slice(0, most);
}

/** One emoji as a node; an unknown name stays as `:name:` text. */
export function emoji(name) {
  const known = plain(name);
  if (!(known in UNICODE)) return document.createTextNode(`:${name}:`);
  const inside = DRAWN.has(known) ? drawing(known) : UNICODE[known];
  return h("span", { class: "emoji", role: "img", "aria-label": `:${name}:`, title: `:${name}:` }, inside);
}

/** Text with `:names:` (when `names`) and unicode emoji replaced by our drawings; returns nodes. */
export function withEmoji(text, names = true) {
  const pieces = names ? text.split(/(:[a-z0-9_+'-]+(?:::skin-tone-\d)?:)/i) : [text];
  return pieces.flatMap((piece, i) => {
    if (i % 2) return isEmoji(piece.slice(1, -1)) ? [emoji(piece.slice(1, -1))] : [piece];
    return piece
      .split(CHARACTERS)
      .filter(Boolean)
      .map((part) => {
        const name = BY_CHARACTER.get(part.replace("\uFE0F", ""));
        return name ? emoji(name) : part;
      });
  });
}
