// Makes pictures of pages small: a PNG with the 256 most frequent colours takes a third of the bytes.
import { crc32, deflateSync } from "node:zlib";

// decoded are the pixels of a PNG, four bytes each. A browser decodes it.
async function decoded(context, png) {
  const page = await context.newPage();
  const { width, height, text } = await page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas.drawImage(bitmap, 0, 0);
    const bytes = canvas.getImageData(0, 0, bitmap.width, bitmap.height).data;
    let text = "";
    for (let i = 0; i < bytes.length; i += 30000) text += String.fromCharCode(...bytes.subarray(i, i + 30000));
    return { width: bitmap.width, height: bitmap.height, text: btoa(text) };
  }, png.toString("base64"));
  await page.close();
  return { width, height, pixels: Buffer.from(text, "base64") };
}

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

const distance = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + ((a >> 8 & 255) - (b >> 8 & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

// indexed is the same picture with at most 256 colours: others become the nearest of them.
export async function indexed(context, png) {
  const { width, height, pixels } = await decoded(context, png);
  const counts = new Map();
  const colors = new Uint32Array(width * height);
  for (let i = 0; i < colors.length; i++) {
    colors[i] = pixels.readUIntBE(4 * i, 3);
    counts.set(colors[i], (counts.get(colors[i]) ?? 0) + 1);
  }
  // Of colours that look alike only the most frequent one is taken.
  const frequent = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
  const palette = [...new Map(frequent.toReversed().map((color) => [color & 0xf0f0f0, color])).values()]
    .sort((a, b) => counts.get(b) - counts.get(a) || a - b).slice(0, 256);
  const places = new Map(palette.map((color, place) => [color, place]));
  for (const color of counts.keys()) {
    if (!places.has(color)) places.set(color, palette.reduce((best, other, i) => distance(color, other) < distance(color, palette[best]) ? i : best, 0));
  }
  const rows = Buffer.alloc((width + 1) * height); // each begins with 0: no filter
  for (let i = 0; i < colors.length; i++) rows[i + 1 + Math.floor(i / width)] = places.get(colors[i]);
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([
    png.subarray(0, 8), chunk("IHDR", head), chunk("PLTE", Buffer.from(palette.flatMap((color) => [color >> 16, color >> 8 & 255, color & 255]))),
    chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}
