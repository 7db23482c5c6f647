// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app';
import { resume } from './state/session';
import './styles/base.css';
import './styles/frame.css';
import './styles/pages.css';
import './styles/alarms.css';
import './styles/whatif.css';
import './styles/emergency.css';
import './styles/chemicals.css';

const root = document.getElementById('app');
resume();
if (root) render(<App />, root);
