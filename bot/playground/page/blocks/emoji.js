/** Emoji by the names that Slack gives them: the common ones; any other name stays readable as `:name:`. */

const COMMON = `
grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rofl 🤣 slightly_smiling_face 🙂
upside_down_face 🙃 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 kissing_heart 😘 yum 😋 stuck_out_tongue 😛 hugging_face 🤗
thinking_face 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬
relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 dizzy_face 😵 exploding_head 🤯 sunglasses 😎 nerd_face 🤓 confused 😕
worried 😟 slightly_frowning_face 🙁 open_mouth 😮 astonished 😲 flushed 😳 cry 😢 sob 😭 scream 😱 weary 😩 tired_face 😫
triumph 😤 rage 😡 angry 😠 skull 💀 ghost 👻 robot_face 🤖 heart ❤️ broken_heart 💔 sparkling_heart 💖 100 💯 boom 💥
dash 💨 zzz 💤 wave 👋 raised_hand ✋ ok_hand 👌 v ✌️ crossed_fingers 🤞 point_left 👈 point_right 👉 point_up 👆 point_down 👇
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 fist ✊ facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏 muscle 💪
eyes 👀 eye 👁️ brain 🧠 bust_in_silhouette 👤 busts_in_silhouette 👥 man-shrugging 🤷‍♂️ woman-shrugging 🤷‍♀️ shrug 🤷 facepalm 🤦
dog 🐶 cat 🐱 fox_face 🦊 bear 🐻 panda_face 🐼 tiger 🐯 penguin 🐧 bird 🐦 bee 🐝 bug 🐛 turtle 🐢 octopus 🐙 whale 🐳 unicorn_face 🦄
seedling 🌱 evergreen_tree 🌲 palm_tree 🌴 cactus 🌵 four_leaf_clover 🍀 rose 🌹 sunflower 🌻 earth_africa 🌍 earth_americas 🌎
earth_asia 🌏 globe_with_meridians 🌐 sunny ☀️ cloud ☁️ partly_sunny ⛅ rain_cloud 🌧️ snowflake ❄️ zap ⚡ fire 🔥 rainbow 🌈 star ⭐
star2 🌟 sparkles ✨ coffee ☕ tea 🍵 beer 🍺 beers 🍻 pizza 🍕 hamburger 🍔 cake 🍰 birthday 🎂 cookie 🍪 apple 🍎 popcorn 🍿
tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 soccer ⚽ dart 🎯 musical_note 🎵 headphones 🎧 microphone 🎤
rocket 🚀 airplane ✈️ car 🚗 train 🚆 bike 🚲 house 🏠 office 🏢 hospital 🏥 school 🏫 construction 🚧 rotating_light 🚨 world_map 🗺️
watch ⌚ alarm_clock ⏰ stopwatch ⏱️ hourglass ⌛ hourglass_flowing_sand ⏳ clock1 🕐 clock2 🕑 clock3 🕒 clock9 🕘 clock10 🕙
date 📅 calendar 📆 spiral_calendar_pad 🗓️ clipboard 📋 pushpin 📌 round_pushpin 📍 paperclip 📎 memo 📝 pencil 📝 pencil2 ✏️
books 📚 book 📖 newspaper 📰 email 📧 envelope ✉️ inbox_tray 📥 outbox_tray 📤 package 📦 mailbox 📫 telephone_receiver 📞 iphone 📱
computer 💻 desktop_computer 🖥️ keyboard ⌨️ floppy_disk 💾 bulb 💡 battery 🔋 electric_plug 🔌 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓
key 🔑 hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️ link 🔗 chains ⛓️ shield 🛡️ bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣
moneybag 💰 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 card_index_dividers 🗂️ file_folder 📁
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_plus_sign ➕
heavy_minus_sign ➖ warning ⚠️ no_entry ⛔ no_entry_sign 🚫 question ❓ grey_question ❔ exclamation ❗ grey_exclamation ❕
information_source ℹ️ recycle ♻️ arrow_left ⬅️ arrow_right ➡️ arrow_up ⬆️ arrow_down ⬇️ arrows_counterclockwise 🔄 repeat 🔁 back 🔙
new 🆕 free 🆓 ok 🆗 sos 🆘 red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵
large_purple_circle 🟣 white_circle ⚪ black_circle ⚫ large_orange_diamond 🔶 large_blue_diamond 🔷 small_red_triangle 🔺
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ speech_balloon 💬 thought_balloon 💭 checkered_flag 🏁
`;

const NAMED = new Map(
  [...COMMON.trim().matchAll(/(\S+)\s+(\S+)/g)].map(([, name, sign]) => [name, sign]),
);
const TONES = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };
const NAME = /:([a-z0-9_+-]+):(?::skin-tone-([2-6]):)?/g;

/** The words with every emoji name that is known here drawn as its sign. */
export function withEmoji(words) {
  return words.replace(NAME, (all, name, tone) => {
    const sign = NAMED.get(name);
    return sign === undefined ? all : `${sign}${tone === undefined ? "" : TONES[tone]}`;
  });
}
