# SPDX-License-Identifier: Apache-2.0
"""The training loop: it learns, stops, and goes on after a break as if there had been none."""

import dataclasses
import pathlib
import tempfile
import unittest

import synthetic
import torch

from icecube_training import data, models, shards
from icecube_training.config import Training
from icecube_training.prepared import WrongInput
from icecube_training.schedule import Averaged, learning_rate
from icecube_training.trainer import DirectionTask, Trainer, start_from

TINY = {"family": "deepset", "width": 24, "inner": 24, "layers": 1, "hidden": 24}
SETTINGS = Training(
    epochs=2, step_events=64, pulse_budget=4096, learning_rate=3e-3, bf16="off", checkpoint_steps=2, ema=0.9)


class TrainerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        cls.events, cls.validation = synthetic.events(256, 1), synthetic.events(64, 2)

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def trainer(self, folder="run", task=None, **changes):
        settings = dataclasses.replace(SETTINGS, **changes)
        torch.manual_seed(1)
        return Trainer(
            models.build(TINY), task or DirectionTask(settings), shards.InMemory(self.events), self.validation,
            settings, data.Augmentation(rotate=True, jitter_ns=5), 40, 7, self.folder / folder,
            torch.device("cpu"), fingerprint=changes)

    def test_the_loss_falls(self):
        history = self.trainer(epochs=6).run()
        self.assertLess(history[-1].loss, history[0].loss - 0.05)
        self.assertEqual([epoch.epoch for epoch in history], list(range(6)))

    def test_a_run_broken_off_anywhere_ends_with_the_same_weights(self):
        whole = self.trainer("whole")
        whole.run()
        for steps in (1, 3, 6):
            broken = self.trainer(f"broken{steps}")
            broken.run(steps_max=steps)
            again = self.trainer(f"broken{steps}")
            again.run()
            for name, weight in whole.model.state_dict().items():
                self.assertTrue(torch.equal(weight, again.model.state_dict()[name]), f"{steps} {name}")
            self.assertEqual([e.validation for e in whole.history], [e.validation for e in again.history])

    def test_a_run_begins_with_the_weights_of_another_where_they_fit(self):
        self.trainer("first", epochs=1).run()
        start = str(self.folder / "first" / "best.pt")
        best = torch.load(start)["model"]
        begun = self.trainer("second", start=start)
        for name, weight in begun.model.state_dict().items():
            self.assertTrue(torch.equal(weight, best[name]), name)
        wider = models.build(TINY | {"width": 32})
        self.assertIn("embed.out.weight", start_from(wider, start))
        deeper = models.build(TINY | {"layers": 2})
        self.assertEqual({name.split(".")[1] for name in start_from(deeper, start)}, {"1"})
        broken = self.folder / "broken.pt"
        broken.write_bytes(b"no checkpoint")
        for path, said in (("nowhere.pt", "not there"), (start, "no weight fits"), (broken, "no checkpoint")):
            with self.assertRaisesRegex(WrongInput, said):
                start_from(torch.nn.Linear(2, 2), path)

    def test_a_checkpoint_of_another_configuration_is_refused(self):
        self.trainer(epochs=1).run()
        with self.assertRaisesRegex(WrongInput, "another configuration"):
            self.trainer(epochs=3).run()

    def test_it_stops_when_nothing_gets_better_and_keeps_the_best(self):
        scores = iter([3.0, 1.0, 2.0, 2.0, 2.0])

        class Scored(DirectionTask):
            def score(self, *_):
                return next(scores)

        trainer = self.trainer(task=Scored(SETTINGS), epochs=5, patience=2)
        self.assertEqual([epoch.validation for epoch in trainer.run()], [3.0, 1.0, 2.0, 2.0])
        best = torch.load(self.folder / "run" / "best.pt")
        self.assertEqual(best["epoch"], 1)
        for name, weight in trainer.model.state_dict().items():
            self.assertTrue(torch.equal(weight, best["model"][name]))

    def test_too_few_events_for_a_step_are_told(self):
        with self.assertRaisesRegex(WrongInput, "training.step_events, 5000"):
            self.trainer(step_events=5000).run()

    def test_a_gradient_that_is_no_number_ends_the_run(self):
        class Broken(DirectionTask):
            def losses(self, model, answer, batch):
                return super().losses(model, answer, batch) * float("nan")

        with self.assertRaisesRegex(FloatingPointError, "learning_rate"):
            self.trainer(task=Broken(SETTINGS)).run()

    def test_the_learning_rate_rises_and_falls_as_a_cosine(self):
        rates = [learning_rate(at / 100, 1.0, 0.1, 0.2) for at in range(101)]
        self.assertAlmostEqual(rates[10], 0.5)
        self.assertAlmostEqual(max(rates), 1.0)
        self.assertAlmostEqual(rates[60], 0.55)
        self.assertAlmostEqual(rates[100], 0.1)
        self.assertGreater(rates[0], 0)

    def test_averaged_weights_follow_and_swap_back(self):
        model = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.zeros_(model.weight)
        averaged = Averaged(model, 0.5)
        torch.nn.init.ones_(model.weight)
        averaged.update(model)
        # The first step forgets more: min(0.5, 2/11).
        self.assertAlmostEqual(float(averaged.weights[0].detach()), 9 / 11, places=6)
        averaged.swap(model)
        self.assertAlmostEqual(float(model.weight.detach()), 9 / 11, places=6)
        averaged.swap(model)
        self.assertEqual(float(model.weight.detach()), 1)


if __name__ == "__main__":
    unittest.main()
