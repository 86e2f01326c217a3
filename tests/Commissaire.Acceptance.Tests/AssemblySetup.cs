using System.Runtime.CompilerServices;
using Commissaire.Lab.Machine;

namespace Commissaire.Acceptance.Tests;

internal static class AssemblySetup
{
    [ModuleInitializer]
    public static void Run() => ProcessDefaults.RestoreForTests();
}
