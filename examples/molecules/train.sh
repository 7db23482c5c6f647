#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Models of molecules that `davy chemical --models` asks: acute oral toxicity, flash point, what skin and eyes suffer,
# twelve assays of Tox21.
#
#     examples/molecules/train.sh PREPARED MODELS [random|scaffold]
#
# PREPARED is what examples/molecules/prepare.py wrote. `random` (default) asks of molecules like those that were
# learnt from, `scaffold` of rings that are new: docs/chemicals.md has the figures of both. DAVY names the program.
set -eu
[ $# -ge 2 ] || { sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 64; }
prepared=$1
models=$2
split=${3:-random}
davy=${DAVY:-davy}

learn() {
  name=$1
  shift
  "$davy" train "$name" --columns 'mol:*,morgan:*' --set "split=$split" --set learning_rate=0.05 \
    --set columns=0.1 --set samples=0.8 --models "$models" "$@"
}

learn ld50 --model boost --task regress --label neg_log_ld50 --csv "$prepared/ld50.csv" --set depth=7 --set bags=4
# Catalogues tell flash points of one molecule that are far apart (bend), and what is smooth in the 240 descriptors, which come
# first, support vectors follow better than trees.
learn flash-point --model blend --task regress --label flash_point_k --csv "$prepared/flash.csv" --set depth=7 --set bags=4 \
  --set bend=0.1 --set near=240 --set c=10
for assay in NR-AR NR-AR-LBD NR-AhR NR-Aromatase NR-ER NR-ER-LBD NR-PPAR-gamma SR-ARE SR-ATAD5 SR-HSE SR-MMP SR-p53; do
  learn "tox21-$assay" --model blend --task classify --label "$assay" --csv "$prepared/tox21.csv" --set depth=7 --set bags=4 \
    --set near=240 --set folds=0
done
# prepare.py makes these where it has OPSIN. The worst class is the rarest: each counts as much as the others.
for part in skin eye; do
  [ ! -f "$prepared/$part.csv" ] ||
    learn "$part" --model boost --task classify --label "${part}_ghs" --csv "$prepared/$part.csv" --set balance=yes --set bags=4
done
