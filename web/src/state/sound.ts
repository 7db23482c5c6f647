// SPDX-License-Identifier: Apache-2.0
/** The bell: optional, chosen per browser, silent as soon as everything is acknowledged. */
import { effect, signal } from '@preact/signals';
import { rank } from '../lib/alarms';
import { newest, unacknowledged } from './alarms';

const STORED = 'davy.sound';
const REPEAT_MS = 8_000;
/** Pitch by priority, worst first, in Hz. */
const PITCH = [1047, 880, 659, 523];

export const sound = signal(localStorage.getItem(STORED) === 'on');
let audio: AudioContext | null = null;

/** From a click, so that the browser lets us make a sound. */
export function toggleSound(): void {
  sound.value = !sound.value;
  localStorage.setItem(STORED, sound.value ? 'on' : 'off');
  if (sound.value) ring(PITCH.length - 1);
}

/** Two soft strokes. */
function ring(urgency: number): void {
  audio ??= new AudioContext();
  void audio.resume();
  const pitch = PITCH[Math.min(urgency, PITCH.length - 1)] ?? 523;
  for (const delay of [0, 0.22]) stroke(audio, pitch, audio.currentTime + delay);
}

function stroke(context: AudioContext, pitch: number, at: number): void {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = 'triangle';
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.18);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.2);
}

/** Ring for a new alarm, and again while one waits for its answer. */
export function startBell(): () => void {
  const announce = effect(() => {
    const alarm = newest.value;
    if (alarm && sound.peek()) ring(rank(alarm.priority));
  });
  const repeat = setInterval(() => {
    const first = unacknowledged.value[0];
    if (sound.value && first) ring(rank(first.priority));
  }, REPEAT_MS);
  return () => {
    announce();
    clearInterval(repeat);
  };
}
