using Commissaire.Lab;

await LabEnvironment.EnsurePrerequisites();
return 0;
