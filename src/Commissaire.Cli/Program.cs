return await Signals.Run(ct => Commctl.Run(args, CliEnvironment.ForProcess(), ct));
