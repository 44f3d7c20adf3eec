# Each step is a dotnet call that .ci/run makes too. Works in Windows PowerShell 5.1 and PowerShell 7.
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
dotnet build -c Release
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
dotnet test -c Release --no-build
exit $LASTEXITCODE
