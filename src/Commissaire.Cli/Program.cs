using Commissaire.Invocation;

return await Signals.Until(ct => Commctl.Run(args, Surroundings.OfProcess(), ct));
